package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;

/**
 * A call of a typed service that did not end OK, and not with an exception that its method
 * declares. Thrown by an implementation, it is its answer: status, message and retry-after go to
 * the caller.
 *
 * <p>A thread that is interrupted while it waits gets one with {@code CANCELLED}, and is still
 * marked as interrupted (unless the method declares {@link InterruptedException}, which it gets
 * then). Whether the call had effects is not known.
 */
public class CallException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient CallResult result;
  private final Status status;

  /**
   * Makes one.
   *
   * @throws IllegalArgumentException if the call ended OK
   */
  public CallException(CallResult result) {
    super(words(result));
    this.result = result;
    this.status = result.status();
  }

  CallException(CallResult result, Throwable cause) {
    this(result);
    initCause(cause);
  }

  private static String words(CallResult result) {
    if (result.ok()) {
      throw new IllegalArgumentException("the call did not fail");
    }
    return result.message().isEmpty()
        ? result.status().name()
        : result.status() + ": " + result.message();
  }

  public final Status status() {
    return status;
  }

  /** The whole outcome. */
  public final CallResult result() {
    // Not with an exception that was serialized.
    return result == null ? CallResult.failed(status, String.valueOf(getMessage())) : result;
  }
}
