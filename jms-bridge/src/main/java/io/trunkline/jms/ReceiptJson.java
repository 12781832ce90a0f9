package io.trunkline.jms;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
  private static final int TYPICAL_CHARS = 320;

  private ReceiptJson() {}

  /** Straight to text: every message may have a receipt, so a tree in between would tell. */
  static String write(Receipt receipt) {
    var text = new StringWriter(TYPICAL_CHARS);
    try (JsonGenerator json = Json.generator(text)) {
      json.writeStartObject();
      json.writeStringField("receipt_id", receipt.id());
      json.writeStringField("message_id", receipt.messageId());
      json.writeStringField("status", receipt.status().name());
      put(json, "user", receipt.user());
      put(json, "device", receipt.device());
      put(json, "session", receipt.session());
      put(json, "node", receipt.node());
      json.writeStringField("at", Json.time(receipt.at()));
      if (!receipt.detail().isEmpty()) {
        json.writeStringField("detail", receipt.detail());
      }
      put(json, "content_type", receipt.contentType());
      if (receipt.payload().isPresent()) {
        putPayload(json, receipt.payload().get(), receipt.contentType());
      }
      if (!receipt.counts().isEmpty()) {
        json.writeObjectFieldStart("counts");
        for (Map.Entry<String, Long> count : receipt.counts().entrySet()) {
          json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toString();
  }

  private static void put(JsonGenerator json, String name, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get());
    }
  }

  private static void putPayload(JsonGenerator json, byte[] payload, Optional<String> contentType)
      throws IOException {
    if (contentType.map(ReceiptJson::isText).orElse(false)) {
      try {
        json.writeStringField(
            "payload",
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString());
        return;
      } catch (CharacterCodingException e) {
        // A client may call anything text.
        json.writeBinaryField("payload_base64", payload);
        return;
      }
    }
    json.writeBinaryField("payload_base64", payload);
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
