package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.IncomingCall;
import java.util.Map;

/**
 * A call of the gateway to a service that this client offers.
 *
 * @param oneWay nobody hears of the outcome
 * @param deadlineNanos when the caller gives up, on the scale of {@link System#nanoTime}
 */
public record ServerCall(
    String service,
    String method,
    ByteString payload,
    String contentType,
    Map<String, String> headers,
    boolean oneWay,
    long deadlineNanos)
    implements IncomingCall {}
