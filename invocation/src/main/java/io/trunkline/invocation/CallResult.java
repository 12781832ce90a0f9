package io.trunkline.invocation;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * The one outcome of a call, from the other side or from this one.
 *
 * <p>The calling side itself answers {@code UNAVAILABLE} when there is no connection (nothing was
 * sent), {@code BUSY} when too many calls are outstanding or the connection takes no more (nothing
 * was sent), {@code TOO_LARGE} over the frame limit (nothing was sent), {@code DEADLINE_EXCEEDED}
 * when the time is over, and {@code CANCELLED} when the connection went away under the call (its
 * effects are unknown).
 *
 * @param status a status that this version does not know is {@code UNRECOGNIZED}
 * @param message for a person; empty when OK
 * @param contentType media type of the payload; empty: application/octet-stream
 * @param retryAfter not before this; zero: unknown
 */
public record CallResult(
    Status status,
    String message,
    ByteString payload,
    String contentType,
    Map<String, String> headers,
    Duration retryAfter) {

  public static final String JSON = "application/json";

  public boolean ok() {
    return status == Status.OK;
  }

  /** The payload read as UTF-8. */
  public String text() {
    return payload.toString(StandardCharsets.UTF_8);
  }

  public static CallResult ok(ByteString payload, String contentType) {
    return new CallResult(Status.OK, "", payload, contentType, Map.of(), Duration.ZERO);
  }

  public static CallResult json(String json) {
    return ok(ByteString.copyFromUtf8(json), JSON);
  }

  /**
   * A call that ended in no answer, or was refused.
   *
   * @param status any but OK
   * @param message for the person who called
   */
  public static CallResult failed(Status status, String message) {
    return failed(status, message, Duration.ZERO);
  }

  /**
   * The same, with the time to wait.
   *
   * @param retryAfter not before this; zero: unknown
   */
  public static CallResult failed(Status status, String message, Duration retryAfter) {
    return new CallResult(status, message, ByteString.EMPTY, "", Map.of(), retryAfter);
  }

  /** The same outcome with other headers. */
  public CallResult withHeaders(Map<String, String> other) {
    return new CallResult(status, message, payload, contentType, Map.copyOf(other), retryAfter);
  }

  /** As it came over the wire. */
  public static CallResult of(Response response) {
    return new CallResult(
        response.getStatus(),
        response.getMessage(),
        response.getPayload(),
        response.getContentType(),
        response.getHeadersMap(),
        response.getRetryAfterMs() == 0
            ? Duration.ZERO
            : Duration.ofMillis(Integer.toUnsignedLong(response.getRetryAfterMs())));
  }

  /** As it goes over the wire. */
  public Response toResponse(long seq) {
    Response.Builder response = Response.newBuilder().setSeq(seq);
    if (status == Status.OK) {
      response.setPayload(payload).setContentType(contentType);
    } else {
      // A number this version does not know cannot be passed on by name.
      response
          .setStatus(status == Status.UNRECOGNIZED ? Status.INTERNAL : status)
          .setMessage(message)
          .setPayload(payload)
          .setContentType(contentType)
          .setRetryAfterMs((int) Math.min(retryAfter.toMillis(), Integer.MAX_VALUE));
    }
    if (!headers.isEmpty()) {
      response.putAllHeaders(headers);
    }
    return response.build();
  }
}
