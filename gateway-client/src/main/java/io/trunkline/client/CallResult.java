package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * The one outcome of a call, from the gateway or from this side.
 *
 * <p>This side answers {@code UNAVAILABLE} when there is no connection (nothing was sent), {@code
 * BUSY} when too many calls are outstanding or the connection takes no more (nothing was sent),
 * {@code TOO_LARGE} over the gateway's frame limit (nothing was sent), {@code DEADLINE_EXCEEDED}
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

  public boolean ok() {
    return status == Status.OK;
  }

  /** The payload read as UTF-8. */
  public String text() {
    return payload.toString(StandardCharsets.UTF_8);
  }

  static CallResult of(Response response) {
    return new CallResult(
        response.getStatus(),
        response.getMessage(),
        response.getPayload(),
        response.getContentType(),
        response.getHeadersMap(),
        Duration.ofMillis(Integer.toUnsignedLong(response.getRetryAfterMs())));
  }

  static CallResult local(Status status, String message) {
    return new CallResult(status, message, ByteString.EMPTY, "", Map.of(), Duration.ZERO);
  }
}
