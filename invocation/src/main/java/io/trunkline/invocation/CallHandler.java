package io.trunkline.invocation;

/**
 * A method that the other side calls. Called by many threads at a time.
 *
 * @param <C> the call, as this side sees it
 */
@FunctionalInterface
public interface CallHandler<C extends IncomingCall> {

  /**
   * Answers a call. An exception is answered {@code INTERNAL} and logged; the caller does not see
   * its message. A blocking method is interrupted when the deadline passes or the caller goes away.
   */
  CallResult handle(C call) throws Exception;
}
