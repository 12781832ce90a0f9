package io.trunkline.jms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.UUID;

/** Commands as JSON; between nodes and consoles of perhaps different releases. */
final class CommandJson {
  private CommandJson() {}

  static String write(Command command) {
    ObjectNode node = Json.object();
    switch (command) {
      case Command.Kick kick -> {
        node.put("kind", "kick");
        node.put("session", kick.session().toString());
        node.put("reason", kick.reason());
        node.put("by", kick.by());
        kick.banFor().ifPresent(time -> node.put("ban_for_ms", time.toMillis()));
      }
      case Command.LetGo letGo -> {
        node.put("kind", "let_go");
        node.put("session", letGo.session().toString());
        node.put("epoch", letGo.epoch());
        node.put("code", letGo.code());
        node.put("reason", letGo.reason());
      }
      case Command.BansChanged _ -> node.put("kind", "bans_changed");
      case Command.Missed _ -> throw new IllegalArgumentException("not for others");
      case Command.NodeChanged changed -> {
        node.put("kind", "node_changed");
        node.put("node", changed.node());
      }
    }
    return node.toString();
  }

  /**
   * A command from its text.
   *
   * @throws IllegalArgumentException if it is none, or of a kind that is not known here
   */
  static Command read(String text) {
    JsonNode node = Json.parse(text);
    String kind = Json.required(node, "kind");
    return switch (kind) {
      case "kick" ->
          new Command.Kick(
              UUID.fromString(Json.required(node, "session")),
              Json.required(node, "reason"),
              Json.required(node, "by"),
              Json.optional(node, "ban_for_ms").map(Long::parseLong).map(Duration::ofMillis));
      case "let_go" ->
          new Command.LetGo(
              UUID.fromString(Json.required(node, "session")),
              Integer.parseInt(Json.required(node, "epoch")),
              Integer.parseInt(Json.required(node, "code")),
              Json.required(node, "reason"));
      case "bans_changed" -> new Command.BansChanged();
      case "node_changed" -> new Command.NodeChanged(Json.required(node, "node"));
      default -> throw new IllegalArgumentException("kind '" + kind + "' is not known");
    };
  }
}
