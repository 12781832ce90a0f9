package io.trunkline.gateway.api;

import io.trunkline.jms.AttributeSelector;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A notification as a caller writes it: the properties of the downlink's messages, without tl_. */
final class NotificationBody {
  private static final Set<String> FIELDS =
      Set.of(
          "user",
          "device",
          "session",
          "topic",
          "audience",
          "type",
          "content_type",
          "id",
          "key",
          "expect",
          "persistent",
          "priority",
          "ttl",
          "text",
          "payload_base64");
  private static final int NAME_CHARS = 128;
  private static final int MAX_PRIORITY = 9;
  private static final int DEFAULT_PRIORITY = 4;
  private static final Duration MAX_TTL = Duration.ofDays(366);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BYTES = "application/octet-stream";

  private NotificationBody() {}

  static Draft read(byte[] body) {
    JsonFields fields = JsonFields.read(body, FIELDS);
    Optional<String> text = fields.text("text");
    Optional<String> base64 = fields.text("payload_base64");
    if (text.isPresent() && base64.isPresent()) {
      throw ApiException.body("only one of the fields text and payload_base64 may be given");
    }
    return new Draft(
        target(fields),
        expect(fields),
        fields.name("id", NAME_CHARS),
        fields.name("type", NAME_CHARS).orElse(""),
        fields.name("content_type", NAME_CHARS).orElse(base64.isPresent() ? BYTES : TEXT),
        base64
            .map(NotificationBody::decode)
            .orElseGet(() -> text.orElse("").getBytes(StandardCharsets.UTF_8)),
        fields.name("key", NAME_CHARS),
        fields.flag("persistent"),
        fields.number("priority", 0, MAX_PRIORITY, DEFAULT_PRIORITY),
        fields
            .text("ttl")
            .map(ttl -> Query.duration(ttl, MAX_TTL, why -> JsonFields.field("ttl", why))));
  }

  private static Target target(JsonFields fields) {
    Optional<String> device = fields.name("device", NAME_CHARS);
    Optional<String> user = fields.name("user", NAME_CHARS);
    if (device.isPresent() && user.isEmpty()) {
      throw JsonFields.field("device", "needs the field 'user'");
    }
    List<Target> targets = new ArrayList<>();
    user.ifPresent(name -> targets.add(new Target.User(name, device)));
    fields
        .name("session", NAME_CHARS)
        .ifPresent(id -> targets.add(new Target.OneSession(session(id))));
    fields.name("topic", NAME_CHARS).ifPresent(name -> targets.add(new Target.Topic(name)));
    fields
        .name("audience", AttributeSelector.MAX_CHARS)
        .ifPresent(selector -> targets.add(new Target.Audience(Selectors.read(selector).text())));
    if (targets.size() > 1) {
      throw ApiException.body(
          "only one of the fields user, session, topic and audience may be given");
    }
    return targets.isEmpty() ? new Target.Everyone() : targets.getFirst();
  }

  private static UUID session(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw JsonFields.field("session", "must be a session's id (UUID)");
    }
  }

  private static Expect expect(JsonFields fields) {
    return switch (fields.text("expect").orElse("none")) {
      case "none" -> Expect.NONE;
      case "ack" -> Expect.ACK;
      case "reply" -> Expect.REPLY;
      default -> throw JsonFields.field("expect", "must be none, ack or reply");
    };
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw JsonFields.field("payload_base64", "is not Base64");
    }
  }
}
