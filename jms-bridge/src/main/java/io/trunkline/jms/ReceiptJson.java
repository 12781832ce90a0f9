package io.trunkline.jms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Receipts as JSON. Fields are a contract; readers ignore those that they do not know. */
final class ReceiptJson {
  private ReceiptJson() {}

  static String write(Receipt receipt) {
    ObjectNode node = Json.object();
    node.put("receipt_id", receipt.id());
    node.put("message_id", receipt.messageId());
    node.put("status", receipt.status().name());
    Json.put(node, "user", receipt.user());
    Json.put(node, "device", receipt.device());
    Json.put(node, "session", receipt.session());
    Json.put(node, "node", receipt.node());
    node.put("at", Json.time(receipt.at()));
    if (!receipt.detail().isEmpty()) {
      node.put("detail", receipt.detail());
    }
    Json.put(node, "content_type", receipt.contentType());
    receipt.payload().ifPresent(payload -> putPayload(node, payload, receipt.contentType()));
    if (!receipt.counts().isEmpty()) {
      ObjectNode counts = node.putObject("counts");
      receipt.counts().forEach(counts::put);
    }
    return node.toString();
  }

  private static void putPayload(ObjectNode node, byte[] payload, Optional<String> contentType) {
    if (contentType.map(ReceiptJson::isText).orElse(false)) {
      try {
        node.put(
            "payload",
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString());
        return;
      } catch (CharacterCodingException e) {
        // A client may call anything text.
        node.put("payload_base64", payload);
        return;
      }
    }
    node.put("payload_base64", payload);
  }

  private static boolean isText(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT).replaceFirst("\\s*;.*", "");
    return type.startsWith("text/") || type.equals("application/json") || type.endsWith("+json");
  }

  /**
   * A receipt from its text.
   *
   * @throws IllegalArgumentException if it is none, or of a status that is not known here
   */
  static Receipt read(String text) {
    JsonNode node = Json.parse(text);
    Map<String, Long> counts = new LinkedHashMap<>();
    node.path("counts")
        .properties()
        .forEach(count -> counts.put(count.getKey(), count.getValue().asLong()));
    return new Receipt(
        Json.required(node, "receipt_id"),
        Json.required(node, "message_id"),
        Receipt.Status.valueOf(Json.required(node, "status")),
        Json.optional(node, "user"),
        Json.optional(node, "device"),
        Json.optional(node, "session"),
        Json.optional(node, "node"),
        Instant.parse(Json.required(node, "at")),
        Json.optional(node, "detail").orElse(""),
        Json.optional(node, "content_type"),
        payload(node),
        counts);
  }

  private static Optional<byte[]> payload(JsonNode node) {
    Optional<byte[]> text =
        Json.optional(node, "payload").map(payload -> payload.getBytes(StandardCharsets.UTF_8));
    return text.isPresent()
        ? text
        : Json.optional(node, "payload_base64").map(java.util.Base64.getDecoder()::decode);
  }
}
