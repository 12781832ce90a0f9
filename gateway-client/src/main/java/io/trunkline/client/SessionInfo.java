package io.trunkline.client;

import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.time.Instant;

/**
 * What the gateway's Welcome said.
 *
 * @param resumed true: the session of before goes on
 * @param heartbeatInterval the client sends something at least this often; zero: no demand
 * @param livenessTimeout inbound silence after which either side gives the connection up; zero:
 *     none
 * @param maxFrameBytes largest encoded frame that the gateway takes; 0: not told
 * @param maxOutstandingRequests calls without an answer yet; 0: not told
 * @param serverTime the gateway's wall clock when it wrote Welcome
 */
public record SessionInfo(
    String sessionId,
    boolean resumed,
    String nodeId,
    Duration heartbeatInterval,
    Duration livenessTimeout,
    int maxFrameBytes,
    int maxOutstandingRequests,
    Instant serverTime) {

  static SessionInfo of(Welcome welcome) {
    return new SessionInfo(
        welcome.getSessionId(),
        welcome.getResumed(),
        welcome.getNodeId(),
        Duration.ofMillis(Integer.toUnsignedLong(welcome.getHeartbeatIntervalMs())),
        Duration.ofMillis(Integer.toUnsignedLong(welcome.getLivenessTimeoutMs())),
        atMostMaxInt(welcome.getLimits().getMaxFrameBytes()),
        atMostMaxInt(welcome.getLimits().getMaxOutstandingRequests()),
        Instant.ofEpochMilli(welcome.getServerTimeMs()));
  }

  private static int atMostMaxInt(int unsigned) {
    return unsigned < 0 ? Integer.MAX_VALUE : unsigned;
  }
}
