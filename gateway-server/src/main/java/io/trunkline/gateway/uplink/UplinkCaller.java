package io.trunkline.gateway.uplink;

import io.trunkline.gateway.session.SessionInfo;
import java.util.Map;
import java.util.Optional;

/**
 * Who calls a service; verified.
 *
 * @param user of the session, or the operator's name
 * @param session empty for calls of the management API
 */
public record UplinkCaller(String user, Optional<SessionInfo> session) {

  static UplinkCaller of(SessionInfo session) {
    return new UplinkCaller(session.user(), Optional.of(session));
  }

  /** A person or program that calls by the management API. */
  public static UplinkCaller operator(String name) {
    return new UplinkCaller(name, Optional.empty());
  }

  /** The session's attributes; none for an operator. */
  public Map<String, String> attributes() {
    return session.map(SessionInfo::attributes).orElse(Map.of());
  }
}
