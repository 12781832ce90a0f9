package io.trunkline.protocol;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.util.Map;

/**
 * A {@link Request} that has come. Requests are the most frequent frames; {@link FrameDecoder}
 * reads them without the objects of protobuf, and everything that takes frames gets them as this.
 *
 * @param contentType media type of the payload; empty: application/octet-stream
 * @param deadlineMs time left when it was sent, an unsigned number; 0: the receiver's default
 * @param headers not to be changed
 */
public record RequestFrame(
    long seq,
    String service,
    String method,
    ByteString payload,
    String contentType,
    int deadlineMs,
    boolean oneWay,
    Map<String, String> headers) {

  /** One that protobuf has read. */
  public static RequestFrame of(Request request) {
    return new RequestFrame(
        request.getSeq(),
        request.getService(),
        request.getMethod(),
        request.getPayload(),
        request.getContentType(),
        request.getDeadlineMs(),
        request.getOneWay(),
        request.getHeadersMap());
  }

  /** What is handed on of a frame: a {@code RequestFrame}, or the frame itself if it is another. */
  public static Object unwrap(Frame frame) {
    return frame.hasRequest() ? of(frame.getRequest()) : frame;
  }
}
