package io.trunkline.gateway.uplink;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.IncomingCall;
import java.util.Map;

/**
 * A call from a client.
 *
 * @param caller verified, unlike the headers
 * @param headers as the client set them
 * @param deadlineNanos when the caller gives up, on the scale of {@link System#nanoTime}
 */
public record UplinkCall(
    UplinkCaller caller,
    String service,
    String method,
    ByteString payload,
    String contentType,
    Map<String, String> headers,
    long deadlineNanos)
    implements IncomingCall {

  /** The same call with other headers. */
  public UplinkCall withHeaders(Map<String, String> other) {
    return new UplinkCall(
        caller, service, method, payload, contentType, Map.copyOf(other), deadlineNanos);
  }

  /**
   * The same call with another payload.
   *
   * @param type media type of the payload
   */
  public UplinkCall withPayload(ByteString other, String type) {
    return new UplinkCall(caller, service, method, other, type, headers, deadlineNanos);
  }
}
