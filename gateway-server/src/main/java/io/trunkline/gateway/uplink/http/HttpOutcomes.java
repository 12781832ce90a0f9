package io.trunkline.gateway.uplink.http;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Turns a back end's answers into outcomes of calls. Immutable. */
final class HttpOutcomes {
  /** Of errors: what is larger stays here. */
  private static final int MAX_ERROR_PAYLOAD_BYTES = 16 << 10;

  private static final int MAX_MESSAGE_CHARS = 300;
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  private final String service;
  private final Map<Integer, Status> overrides;
  private final InstantSource clock;

  HttpOutcomes(String service, Map<Integer, Status> overrides, InstantSource clock) {
    this.service = service;
    this.overrides = overrides;
    this.clock = clock;
  }

  /** The usual meaning of a status code. */
  static Status usual(int code) {
    return switch (code) {
      case 401, 403 -> Status.PERMISSION_DENIED;
      case 404 -> Status.NOT_FOUND;
      case 409 -> Status.CONFLICT;
      case 413 -> Status.TOO_LARGE;
      case 429 -> Status.RATE_LIMITED;
      case 502, 503, 504 -> Status.UNAVAILABLE;
      default ->
          switch (code / 100) {
            case 2 -> Status.OK;
            case 4 -> Status.INVALID_ARGUMENT;
            // A redirection too: it is not followed, since it could lead anywhere.
            default -> Status.INTERNAL;
          };
    };
  }

  CallResult of(HttpExchange.Answer answer) {
    Status overridden = overrides.get(answer.status());
    Status status = overridden == null ? usual(answer.status()) : overridden;
    if (status == Status.OK) {
      return CallResult.ok(answer.body(), answer.contentType());
    }
    boolean passed =
        JsonPayload.is(answer.contentType()) && answer.body().size() <= MAX_ERROR_PAYLOAD_BYTES;
    return new CallResult(
        status,
        message(answer),
        passed ? answer.body() : ByteString.EMPTY,
        passed ? answer.contentType() : "",
        Map.of(),
        retryAfter(answer.retryAfter()));
  }

  /** A problem's own words (RFC 9457), else the status. */
  private String message(HttpExchange.Answer answer) {
    String said = "";
    if (answer.contentType().toLowerCase(Locale.ROOT).startsWith("application/problem+json")) {
      said = JsonPayload.firstText(answer.body(), "detail", "title");
    }
    return clean(
        said.isEmpty()
            ? "'" + service + "' answered " + answer.status() + " " + answer.reason()
            : said);
  }

  private static String clean(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= MAX_MESSAGE_CHARS
        ? line
        : line.substring(0, MAX_MESSAGE_CHARS - 1) + "…";
  }

  /** Seconds or a date (RFC 9110, section 10.2.3); zero: neither. */
  private Duration retryAfter(String text) {
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    Duration wait;
    try {
      wait =
          text.matches("[0-9]{1,9}")
              ? Duration.ofSeconds(Long.parseLong(text))
              : Duration.between(
                  clock.instant(),
                  ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : wait;
  }
}
