package io.trunkline.gateway.session;

import io.trunkline.gateway.auth.TopicGrants;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * Who a session belongs to and where it came from; does not change while it lives.
 *
 * @param attributes the token's claims, and what the client said of itself where no claim has the
 *     name
 * @param claims the token's alone: nothing in them is the client's own word
 * @param topics what the session may subscribe to
 * @param transport as {@code WireFormat.label()}
 * @param remoteAddress {@code address:port} of the client
 */
public record SessionInfo(
    UUID id,
    String user,
    String device,
    String clientName,
    String clientVersion,
    String platform,
    Map<String, String> attributes,
    Map<String, String> claims,
    TopicGrants topics,
    String transport,
    String remoteAddress,
    Instant startedAt) {
  public SessionInfo {
    attributes = Map.copyOf(attributes);
    // Most clients say nothing of themselves: one map for both then.
    claims = claims.equals(attributes) ? attributes : Map.copyOf(claims);
  }
}
