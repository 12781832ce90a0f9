package io.trunkline.gateway.uplink;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.session.SessionInfo;
import java.util.Map;

/**
 * A call from a client.
 *
 * @param caller whose session it came on; verified, unlike the headers
 * @param headers as the client set them
 * @param deadlineNanos when the caller gives up, on the scale of {@link System#nanoTime}
 */
public record UplinkCall(
    SessionInfo caller,
    String service,
    String method,
    ByteString payload,
    String contentType,
    Map<String, String> headers,
    long deadlineNanos) {}
