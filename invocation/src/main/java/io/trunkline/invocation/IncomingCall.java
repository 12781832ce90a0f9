package io.trunkline.invocation;

import com.google.protobuf.ByteString;
import java.util.Map;

/** A call of the other side, as its handler sees it. */
public interface IncomingCall {
  String service();

  String method();

  ByteString payload();

  /** Never empty. */
  String contentType();

  /** As the caller set them: not verified. */
  Map<String, String> headers();

  /** When the caller gives up, on the scale of {@link System#nanoTime}. */
  long deadlineNanos();
}
