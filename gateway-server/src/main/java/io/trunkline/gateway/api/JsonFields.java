package io.trunkline.gateway.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object; each is known and of its type, or the request ends. */
final class JsonFields {
  private final JsonNode object;

  private JsonFields(JsonNode object) {
    this.object = object;
  }

  static JsonFields read(byte[] body, Set<String> known) {
    JsonNode object;
    try {
      object = Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      JsonLocation at = e.getLocation();
      throw ApiException.body(
          "the body is not JSON"
              + (at == null ? "" : ": line " + at.getLineNr() + ", column " + at.getColumnNr()));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be read", e);
    }
    if (object == null || !object.isObject()) {
      throw ApiException.body("the body must be a JSON object");
    }
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
        throw field(shown, "is not known");
      }
    }
    return new JsonFields(object);
  }

  static ApiException field(String name, String why) {
    return ApiException.body("field '" + name + "' " + why);
  }

  /** A name or value that becomes a message property: on one line, not empty, not too long. */
  Optional<String> name(String field, int maxChars) {
    Optional<String> value = text(field);
    value.ifPresent(
        text -> {
          if (text.isEmpty()
              || text.length() > maxChars
              || text.chars().anyMatch(Character::isISOControl)) {
            throw field(field, "must have 1 to " + maxChars + " characters and no control ones");
          }
        });
    return value;
  }

  Optional<String> text(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw field(field, "must be a string");
    }
    return Optional.of(value.textValue());
  }

  /** Anything but {@code null}. */
  Optional<JsonNode> json(String field) {
    return Optional.ofNullable(value(field));
  }

  /** An object whose values are strings; empty if it is left out. */
  Map<String, String> texts(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject()) {
      throw field(field, "must be an object of strings");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> one : value.properties()) {
      if (!one.getValue().isTextual()) {
        throw field(field, "must be an object of strings");
      }
      texts.put(one.getKey(), one.getValue().textValue());
    }
    return texts;
  }

  boolean flag(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isBoolean()) {
      throw field(field, "must be true or false");
    }
    return value != null && value.booleanValue();
  }

  int number(String field, int min, int max, int absent) {
    JsonNode value = value(field);
    if (value == null) {
      return absent;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw field(field, "must be a number from " + min + " to " + max);
    }
    return value.intValue();
  }

  /** {@code null} stands for a field that is left out. */
  private @Nullable JsonNode value(String field) {
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? null : value;
  }
}
