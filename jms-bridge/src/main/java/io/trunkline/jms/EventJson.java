package io.trunkline.jms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Session events as JSON. Fields are a contract. */
final class EventJson {
  private EventJson() {}

  static String write(SessionEvent event) {
    ObjectNode node = Json.object();
    node.put("event", event.kind().name());
    node.put("session", event.session());
    node.put("user", event.user());
    node.put("device", event.device());
    node.put("node", event.node());
    node.put("at", Json.time(event.at()));
    event.code().ifPresent(code -> node.put("code", code));
    Json.put(node, "reason", event.reason());
    return node.toString();
  }

  /**
   * An event from its text.
   *
   * @throws IllegalArgumentException if it is none, or of a kind that is not known here
   */
  static SessionEvent read(String text) {
    JsonNode node = Json.parse(text);
    return new SessionEvent(
        SessionEvent.Kind.valueOf(Json.required(node, "event")),
        Json.required(node, "session"),
        Json.required(node, "user"),
        Json.required(node, "device"),
        Json.required(node, "node"),
        Instant.parse(Json.required(node, "at")),
        Json.optional(node, "code").map(Integer::valueOf),
        Json.optional(node, "reason"));
  }
}
