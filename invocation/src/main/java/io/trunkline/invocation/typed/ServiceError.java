package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;

/** Thrown by an implementation: the answer is this status, with this message for the caller. */
public final class ServiceError extends CallException {
  private static final long serialVersionUID = 1;

  /**
   * Makes one.
   *
   * @param status any but OK
   * @param message for the person who called
   */
  public ServiceError(Status status, String message) {
    super(CallResult.failed(status, message));
  }

  /**
   * The same, with the time to wait.
   *
   * @param retryAfter not before this
   */
  public ServiceError(Status status, String message, Duration retryAfter) {
    super(CallResult.failed(status, message, retryAfter));
  }
}
