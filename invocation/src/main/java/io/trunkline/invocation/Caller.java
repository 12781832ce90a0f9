package io.trunkline.invocation;

import java.util.concurrent.CompletableFuture;

/** Calls the other side: what typed services are built on. Thread-safe; does not block. */
public interface Caller {

  /**
   * Calls.
   *
   * @return completes once, with a status, never exceptionally (except by whoever holds it).
   *     Completes on an event loop: dependents that may block belong on {@code …Async} methods
   */
  CompletableFuture<CallResult> call(OutgoingCall call);

  /**
   * Calls without wanting an answer: none comes, whatever happens.
   *
   * @return OK when it was handed to the connection, otherwise why not
   */
  CompletableFuture<CallResult> callOneWay(OutgoingCall call);

  /**
   * Whether the present thread may wait for an answer. False on an event loop: the answer could not
   * come, or others would be held up.
   */
  default boolean mayWait() {
    return true;
  }
}
