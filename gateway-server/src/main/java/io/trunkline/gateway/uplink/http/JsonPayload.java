package io.trunkline.gateway.uplink.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A call's payload as a JSON object, its numbers kept as they were written. */
final class JsonPayload {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonPayload() {}

  /** Whether a media type is JSON's: {@code application/json} or {@code …+json}. */
  static boolean is(String contentType) {
    int parameters = contentType.indexOf(';');
    String type =
        (parameters < 0 ? contentType : contentType.substring(0, parameters))
            .strip()
            .toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.endsWith("+json");
  }

  /**
   * The object's fields; none if there is no payload.
   *
   * @param wanted for words
   */
  static ObjectNode fields(ByteString payload, boolean json, Set<String> wanted)
      throws UnfitPayloadException {
    if (payload.isEmpty()) {
      return JSON.createObjectNode();
    }
    String why =
        wanted.isEmpty()
            ? "its fields become the query"
            : "it must have " + String.join(", ", wanted.stream().sorted().toList());
    if (!json) {
      throw new UnfitPayloadException(
          "the payload must be a JSON object with content type application/json: " + why);
    }
    try {
      if (JSON.readTree(payload.newInput()) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw new UnfitPayloadException("the payload is not JSON");
    }
    throw new UnfitPayloadException("the payload must be a JSON object: " + why);
  }

  /**
   * A field as text.
   *
   * @throws UnfitPayloadException if it is empty, or has fields of its own
   */
  static String scalar(String name, JsonNode value) throws UnfitPayloadException {
    if (!value.isValueNode()) {
      throw new UnfitPayloadException("field '" + name + "' must be a text, number or boolean");
    }
    String text = text(value);
    if (text.isEmpty()) {
      throw new UnfitPayloadException("field '" + name + "' is empty");
    }
    return text;
  }

  /** A field's values: several of an array, none of null. */
  static List<String> scalars(String name, JsonNode value) throws UnfitPayloadException {
    if (value.isNull()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : value.isArray() ? value : List.of(value)) {
      if (!each.isValueNode()) {
        throw new UnfitPayloadException(
            "field '" + name + "' cannot be put into a query: it has parts of its own");
      }
      texts.add(text(each));
    }
    return texts;
  }

  /** A number as it was written, not in full: 1e999999999 would take a billion digits. */
  private static String text(JsonNode value) {
    return value.asText();
  }

  static ByteString write(ObjectNode object) {
    try {
      return UnsafeByteOperations.unsafeWrap(JSON.writeValueAsBytes(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read cannot be written", e);
    }
  }

  /** The first of these texts that an object has; empty: none, or no JSON. */
  static String firstText(ByteString payload, String... names) {
    try {
      JsonNode read = JSON.readTree(payload.newInput());
      for (String name : names) {
        String text = read.path(name).asText("");
        if (!text.isBlank()) {
          return text;
        }
      }
    } catch (IOException e) {
      return "";
    }
    return "";
  }
}
