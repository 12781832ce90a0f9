package io.trunkline.jms;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reading and writing of JSON objects with optional fields. */
final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
  private static final int NANOS_PER_MS = 1_000_000;

  /** Formatting a time costs more than the rest of a receipt; most fall into the same second. */
  private static volatile Second latest = Second.of(Instant.EPOCH);

  private record Second(long epochSecond, String text) {
    static Second of(Instant at) {
      return new Second(at.getEpochSecond(), SECOND.format(at));
    }
  }

  private Json() {}

  static JsonGenerator generator(Writer to) throws IOException {
    return MAPPER.getFactory().createGenerator(to);
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * The object in a text.
   *
   * @throws IllegalArgumentException if there is none
   */
  static JsonNode parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  /** UTC with milliseconds, always all three digits. */
  static String time(Instant at) {
    Second second = latest;
    if (second.epochSecond() != at.getEpochSecond()) {
      second = Second.of(at);
      latest = second;
    }
    int ms = at.getNano() / NANOS_PER_MS;
    String zeros = ms < 10 ? "00" : ms < 100 ? "0" : "";
    return second.text() + zeros + ms + "Z";
  }

  static String required(JsonNode node, String field) {
    return optional(node, field)
        .orElseThrow(() -> new IllegalArgumentException("field " + field + " is missing"));
  }

  static Optional<String> optional(JsonNode node, String field) {
    @Nullable JsonNode value = node.get(field);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asText());
  }

  static void put(ObjectNode node, String field, Optional<String> value) {
    value.ifPresent(text -> node.put(field, text));
  }
}
