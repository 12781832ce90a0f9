package io.trunkline.gateway.uplink.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a method is asked for over HTTP, as {@code GET /orders/{id}}: the fields of a call's payload
 * become parts of the path, then query or body. Immutable.
 */
final class RequestTemplate {
  /** The method's own name, for routes that take all methods. */
  private static final String METHOD_NAME = "method";

  private static final Pattern FIELD = Pattern.compile("\\{([A-Za-z0-9_.-]{1,64})}");

  /**
   * RFC 3986: pchar, {@code /} and {@code ?}, without what is encoded wrongly. Not {@code ;}, with
   * what follows it Helidon's client would leave it out.
   */
  private static final Pattern LITERAL =
      Pattern.compile("([A-Za-z0-9._~!$&'()*+,=:@/?-]|%[0-9A-Fa-f]{2})*");

  private final HttpMethod method;
  private final List<Part> parts;
  private final Set<String> fields = new HashSet<>();

  /** Of the path: either a literal, or the name of a field. */
  private record Part(boolean field, String text) {}

  /**
   * A request that is ready but for its headers.
   *
   * @param target path and query
   * @param contentType empty: no body
   */
  record Filled(HttpMethod method, String target, ByteString body, String contentType) {}

  private RequestTemplate(HttpMethod method, List<Part> parts) {
    this.method = method;
    this.parts = parts;
    for (Part part : parts) {
      if (part.field() && !part.text().equals(METHOD_NAME)) {
        fields.add(part.text());
      }
    }
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it is none, with what is wrong
   */
  static RequestTemplate parse(String text) {
    String[] words = text.strip().split("\\s+", -1);
    if (words.length != 2) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a method and a path, as 'GET /orders/{id}'");
    }
    HttpMethod method;
    try {
      method = HttpMethod.valueOf(words[0].toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + words[0] + "' is none of GET, HEAD, POST, PUT, PATCH and DELETE", e);
    }
    return new RequestTemplate(method, parts(words[1]));
  }

  private static List<Part> parts(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("the path '" + path + "' does not begin with '/'");
    }
    List<Part> parts = new ArrayList<>();
    Matcher field = FIELD.matcher(path);
    int end = 0;
    while (field.find()) {
      parts.add(literal(path.substring(end, field.start())));
      parts.add(new Part(true, field.group(1)));
      end = field.end();
    }
    parts.add(literal(path.substring(end)));
    if (leavesItsFolder(FIELD.matcher(path).replaceAll("x"))) {
      throw new IllegalArgumentException("the path '" + path + "' has a segment '.' or '..'");
    }
    return List.copyOf(parts);
  }

  private static Part literal(String text) {
    if (!LITERAL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' cannot stand in a path; write what is not plain as %XX");
    }
    return new Part(false, text);
  }

  /**
   * The request for a call.
   *
   * @param base path that comes before the template's; empty or without a {@code /} at its end
   * @param methodName for <code>{method}</code>
   * @throws UnfitPayloadException if a field is missing or cannot be used
   */
  Filled fill(String base, String methodName, ByteString payload, String contentType)
      throws UnfitPayloadException {
    boolean withBody = method.hasBody();
    boolean json = JsonPayload.is(contentType);
    boolean needsFields = !fields.isEmpty() || (!withBody && !payload.isEmpty());
    if (!needsFields) {
      // As it is: not even read.
      return new Filled(
          method, base + path(methodName, Map.of()), payload, payload.isEmpty() ? "" : contentType);
    }
    ObjectNode given = JsonPayload.fields(payload, json, fields);
    Map<String, JsonNode> used = new HashMap<>();
    for (String field : fields) {
      JsonNode value = given.remove(field);
      if (value == null || value.isNull()) {
        throw new UnfitPayloadException("the payload has no field '" + field + "'");
      }
      used.put(field, value);
    }
    String target = base + path(methodName, used);
    if (withBody) {
      return payload.isEmpty()
          ? new Filled(method, target, ByteString.EMPTY, "")
          : new Filled(method, target, JsonPayload.write(given), contentType);
    }
    return new Filled(method, withQuery(target, given), ByteString.EMPTY, "");
  }

  private String path(String methodName, Map<String, JsonNode> used) throws UnfitPayloadException {
    StringBuilder path = new StringBuilder();
    for (Part part : parts) {
      JsonNode value = used.get(part.text());
      if (!part.field()) {
        path.append(part.text());
      } else if (value == null) {
        path.append(Percent.encode(methodName));
      } else {
        path.append(Percent.encode(JsonPayload.scalar(part.text(), value)));
      }
    }
    if (leavesItsFolder(path)) {
      throw new UnfitPayloadException("a field cannot be '.' or '..'");
    }
    return path.toString();
  }

  /** Servers resolve such segments, however they are encoded: a field must not lead elsewhere. */
  private static boolean leavesItsFolder(CharSequence target) {
    String path = target.toString().replaceFirst("\\?.*", "");
    for (String segment : path.split("/", -1)) {
      String plain = segment.replaceAll("(?i)%2e", ".");
      if (plain.equals(".") || plain.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static String withQuery(String target, ObjectNode rest) throws UnfitPayloadException {
    StringBuilder query = new StringBuilder(target);
    char separator = target.indexOf('?') < 0 ? '?' : '&';
    for (Map.Entry<String, JsonNode> field : rest.properties()) {
      for (String value : JsonPayload.scalars(field.getKey(), field.getValue())) {
        query
            .append(separator)
            .append(Percent.encode(field.getKey()))
            .append('=')
            .append(Percent.encode(value));
        separator = '&';
      }
    }
    return query.toString();
  }
}
