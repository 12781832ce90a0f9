package io.trunkline.gateway.session;

import io.trunkline.jms.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * A session of this node as selectors see it: the same names with the same meaning as {@code
 * SessionRow.attribute} has for what the database knows. Immutable, for any thread.
 *
 * @param state as it was when this was made
 * @param node this node's id
 */
public record SessionAttributes(SessionInfo info, SessionState state, String node)
    implements Attributes {

  /** Any thread. */
  public static SessionAttributes of(Session session, String node) {
    return new SessionAttributes(session.info(), session.state(), node);
  }

  @Override
  public @Nullable String value(String name) {
    return switch (name) {
      case "user" -> info.user();
      case "device" -> info.device();
      case "platform" -> said(info.platform());
      case "client_name" -> said(info.clientName());
      case "client_version" -> said(info.clientVersion());
      case "transport" -> info.transport();
      case "remote_address" -> info.remoteAddress();
      case "node" -> node;
      case "state" -> state.name();
      default -> info.attributes().get(name);
    };
  }

  /** What a client leaves out of its Hello arrives as empty. */
  private static @Nullable String said(String text) {
    return text.isEmpty() ? null : text;
  }
}
