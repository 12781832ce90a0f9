package io.trunkline.jms;

import java.time.Duration;
import java.util.Map;

/** Calls to services that take them from a queue. Thread-safe. */
public interface UplinkQueues {

  /**
   * Sends a request and waits for the reply to it. Blocks until there is an outcome, which is at
   * the deadline at the latest.
   *
   * @throws InterruptedException if the caller has given up; a reply that comes later is dropped
   */
  Outcome call(Request request) throws InterruptedException;

  /** Counters since start. */
  Counts counts();

  /**
   * A request.
   *
   * @param contentType of the body; JSON and texts go as {@code TextMessage}
   * @param properties besides those that this sets itself
   * @param deadlineNanos on the scale of {@link System#nanoTime}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy per call would cost
  record Request(
      String queue,
      String service,
      String method,
      String contentType,
      byte[] body,
      Map<String, String> properties,
      long deadlineNanos) {}

  /** What became of a request. */
  sealed interface Outcome {
    /**
     * The reply.
     *
     * @param status as the back end named it; empty: OK
     * @param retryAfter zero: unknown
     */
    @SuppressWarnings("ArrayRecordComponent") // as above
    record Reply(
        String status, String message, String contentType, byte[] body, Duration retryAfter)
        implements Outcome {}

    /** The broker does not have it: nothing was done. */
    record NotSent(String why) implements Outcome {}

    /** No reply can come any more; whether anything was done is not known. */
    record Lost(String why) implements Outcome {}

    /** The reply cannot be read, in words. */
    record Unreadable(String why) implements Outcome {}

    /** Too many requests wait for replies; not sent. */
    record TooMany() implements Outcome {}

    /** The deadline has passed. */
    record Late() implements Outcome {}
  }

  /**
   * Counters since start.
   *
   * @param replies that a caller was waiting for
   * @param strayReplies late, second or unknown ones; dropped
   * @param outstanding at present
   */
  record Counts(long sent, long replies, long strayReplies, int outstanding) {}
}
