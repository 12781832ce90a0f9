package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Welcome;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Turns an admitted Hello into a session and its Welcome. */
public final class Welcomer {
  private final String node;
  private final ClientsConfig config;
  private final Sessions sessions;
  private final SessionFrames frames;
  private final InstantSource clock;

  public Welcomer(
      String node,
      ClientsConfig config,
      Sessions sessions,
      SessionFrames frames,
      InstantSource clock) {
    this.node = node;
    this.config = config;
    this.sessions = sessions;
    this.frames = frames;
    this.clock = clock;
  }

  int maxFrameBytes() {
    return config.maxFrame().intBytes();
  }

  /** Begins the session and writes Welcome. On the connection's event loop. */
  SessionHandler welcome(Connection connection, Hello hello, Admission.Admitted admitted) {
    Instant now = clock.instant();
    var info =
        new SessionInfo(
            SessionIds.next(now),
            admitted.user(),
            hello.getDeviceId(),
            hello.getClientName(),
            hello.getClientVersion(),
            hello.getPlatform(),
            admitted.attributes(),
            admitted.topics(),
            connection.format().label(),
            written(connection.channel().remoteAddress()),
            now);
    Session session = sessions.begin(info, connection);
    connection.expiresIn(Duration.between(now, admitted.expiresAt()));
    session.countMessageIn(); // the Hello
    session.send(
        Frame.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setSessionId(info.id().toString())
                    .setHeartbeatIntervalMs((int) config.heartbeatInterval().toMillis())
                    .setLivenessTimeoutMs((int) config.livenessTimeout().toMillis())
                    .setLimits(
                        Limits.newBuilder()
                            .setMaxFrameBytes(maxFrameBytes())
                            .setMaxOutstandingRequests(config.maxOutstandingRequests()))
                    .addAllStreams(admitted.streams().attach(session))
                    .setNodeId(node)
                    .setServerTimeMs(now.toEpochMilli()))
            .build());
    admitted.streams().begin();
    return new SessionHandler(session, frames);
  }

  private static String written(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : String.valueOf(address);
  }
}
