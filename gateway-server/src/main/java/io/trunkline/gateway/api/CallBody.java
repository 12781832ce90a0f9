package io.trunkline.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A call as a caller of the API writes it. */
record CallBody(OutgoingCall call, boolean oneWay) {
  private static final String SERVICE = "service";
  private static final Set<String> FIELDS =
      Set.of(
          "method", "payload", "payload_base64", "content_type", "headers", "deadline", "one_way");
  private static final int NAME_CHARS = 128;
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);
  private static final Duration MAX_DEADLINE = Duration.ofMinutes(1);

  /** To a service of this name. */
  static CallBody to(String service, byte[] body) {
    return read(service, JsonFields.read(body, FIELDS));
  }

  /** To a service that the body names. */
  static CallBody withService(byte[] body) {
    Set<String> known = new HashSet<>(FIELDS);
    known.add(SERVICE);
    JsonFields fields = JsonFields.read(body, known);
    return read(required(fields, SERVICE), fields);
  }

  private static CallBody read(String service, JsonFields fields) {
    Optional<String> contentType = fields.name("content_type", NAME_CHARS);
    Optional<JsonNode> json = fields.json("payload");
    Optional<String> base64 = fields.text("payload_base64");
    if (json.isPresent() && base64.isPresent()) {
      throw ApiException.body("only one of the fields payload and payload_base64 may be given");
    }
    return new CallBody(
        new OutgoingCall(
            service,
            required(fields, "method"),
            json.map(value -> bytes(value, contentType))
                .or(() -> base64.map(CallBody::decode))
                .orElse(ByteString.EMPTY),
            contentType.orElse(json.isPresent() ? CallResult.JSON : ""),
            fields.texts("headers"),
            deadline(fields)),
        fields.flag("one_way"));
  }

  private static String required(JsonFields fields, String name) {
    return fields.name(name, NAME_CHARS).orElseThrow(() -> JsonFields.field(name, "is missing"));
  }

  /** As JSON; under another content type the text of a string. */
  private static ByteString bytes(JsonNode value, Optional<String> contentType) {
    if (contentType.isEmpty() || isJson(contentType.get())) {
      return ByteString.copyFrom(Json.bytes(value));
    }
    if (!value.isTextual()) {
      throw JsonFields.field("payload", "must be a string, or its content_type a JSON one");
    }
    return ByteString.copyFromUtf8(value.textValue());
  }

  /** By RFC 6839, whatever parameters follow. */
  static boolean isJson(String contentType) {
    String type = contentType.split(";", 2)[0].strip();
    return type.equalsIgnoreCase(CallResult.JSON) || type.endsWith("+json");
  }

  private static ByteString decode(String base64) {
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw JsonFields.field("payload_base64", "is not Base64");
    }
  }

  private static Duration deadline(JsonFields fields) {
    Duration deadline =
        fields
            .text("deadline")
            .map(
                text ->
                    Query.duration(text, MAX_DEADLINE, why -> JsonFields.field("deadline", why)))
            .orElse(DEFAULT_DEADLINE);
    if (deadline.toMillis() < 1) {
      throw JsonFields.field("deadline", "must be at least 1ms");
    }
    return deadline;
  }
}
