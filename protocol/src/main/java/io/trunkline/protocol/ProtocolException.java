package io.trunkline.protocol;

import io.netty.handler.codec.CorruptedFrameException;
import io.trunkline.protocol.v1.CloseCode;

/**
 * The peer broke the protocol; the connection cannot go on. The message may be told to the peer. It
 * has no stack trace: it says what came over the wire, not where in the code that was noticed, and
 * hostile peers cause it as often as they like.
 */
public final class ProtocolException extends CorruptedFrameException {
  private static final long serialVersionUID = 1;

  private final CloseCode code;

  public ProtocolException(CloseCode code, String message) {
    super(message);
    this.code = code;
  }

  /** What the connection is closed with. */
  public CloseCode code() {
    return code;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
