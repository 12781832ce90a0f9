package io.trunkline.invocation;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Request;
import java.time.Duration;
import java.util.Map;

/**
 * What this side wants of the other.
 *
 * @param contentType media type of the payload; empty: application/octet-stream
 * @param timeout until when an answer counts, from 1 ms; travels with the call. Of no meaning for
 *     one-way calls
 */
public record OutgoingCall(
    String service,
    String method,
    ByteString payload,
    String contentType,
    Map<String, String> headers,
    Duration timeout) {

  /**
   * Checks the time.
   *
   * @throws IllegalArgumentException if it is under 1 ms
   */
  public OutgoingCall {
    headers = Map.copyOf(headers);
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException("timeout is under 1 ms: " + timeout);
    }
  }

  /** As it goes over the wire, without seq and deadline. */
  public Request.Builder toRequest() {
    Request.Builder request =
        Request.newBuilder()
            .setService(service)
            .setMethod(method)
            .setPayload(payload)
            .setContentType(contentType);
    return headers.isEmpty() ? request : request.putAllHeaders(headers);
  }
}
