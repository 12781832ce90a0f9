package io.trunkline.gateway.uplink.jms;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.jms.UplinkQueues;
import io.trunkline.jms.UplinkQueues.Outcome;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that takes calls from a queue; docs/BACKENDS.md is the contract. Thread-safe; calls
 * block, each on a virtual thread, and end with an interrupt.
 */
public final class JmsBackEnd implements UplinkHandler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JmsBackEnd.class);

  /** What Artemis gives a meaning to, as wildcards or separators, is left out. */
  private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9_.-]{1,200}");

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration BUSY_RETRY = Duration.ofMillis(200);
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);
  private static final int MAX_MESSAGE_CHARS = 300;

  private final String service;
  private final String queue;
  private final UplinkQueues queues;
  private final CallIdentity identity;

  private JmsBackEnd(String service, String queue, UplinkQueues queues, CallIdentity identity) {
    this.service = service;
    this.queue = queue;
    this.queues = queues;
    this.identity = identity;
  }

  /**
   * Makes it; whether anybody takes from the queue shows with the first call.
   *
   * @param queue its name
   * @throws IllegalArgumentException if that cannot be a queue's name, in one line
   */
  public static JmsBackEnd open(
      String service, String queue, UplinkQueues queues, CallIdentity identity) {
    if (!QUEUE.matcher(queue).matches()) {
      throw new IllegalArgumentException(
          "queue '" + queue + "' is not 1 to 200 letters, digits, '_', '-' and '.'");
    }
    return new JmsBackEnd(service, queue, queues, identity);
  }

  @Override
  public CallResult handle(UplinkCall call) throws InterruptedException {
    Outcome outcome =
        queues.call(
            new UplinkQueues.Request(
                queue,
                call.service(),
                call.method(),
                call.contentType(),
                call.payload().toByteArray(),
                identity.properties(call),
                call.deadlineNanos()));
    return switch (outcome) {
      case Outcome.Reply reply -> result(reply);
      case Outcome.NotSent(String why) -> {
        log.debug("a call of {} was not sent: {}", service, why);
        yield CallResult.failed(
            Status.UNAVAILABLE,
            "the back end of '" + service + "' cannot be reached; nothing was done",
            RETRY_AFTER);
      }
      case Outcome.Lost(String why) -> {
        log.debug("a call of {} is lost: {}", service, why);
        yield CallResult.failed(
            Status.UNAVAILABLE,
            "the way to the back end of '" + service + "' broke; the call may have been done",
            RETRY_AFTER);
      }
      case Outcome.Unreadable(String why) -> {
        log.warn("a reply of the back end of '{}' is not understood: {}", service, why);
        yield CallResult.failed(
            Status.INTERNAL, "the answer of '" + service + "' is not understood");
      }
      case Outcome.TooMany() ->
          CallResult.failed(Status.BUSY, "too many calls wait for answers of queues", BUSY_RETRY);
      case Outcome.Late() ->
          CallResult.failed(
              Status.DEADLINE_EXCEEDED,
              "'" + service + "' did not answer in time; whether it was done is not known");
    };
  }

  private CallResult result(Outcome.Reply reply) {
    Optional<Status> status = status(reply.status());
    if (status.isEmpty()) {
      log.warn("the back end of '{}' answers with an unknown tl_status", service);
      return CallResult.failed(
          Status.INTERNAL, "the answer of '" + service + "' is not understood");
    }
    ByteString body = UnsafeByteOperations.unsafeWrap(reply.body());
    if (status.get() == Status.OK) {
      return CallResult.ok(body, reply.contentType());
    }
    Duration wait = reply.retryAfter();
    return new CallResult(
        status.get(),
        message(reply.message()),
        body,
        body.isEmpty() ? "" : reply.contentType(),
        Map.of(),
        wait.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : wait);
  }

  private static Optional<Status> status(String name) {
    if (name.isEmpty()) {
      return Optional.of(Status.OK);
    }
    try {
      return Optional.of(Status.valueOf(name)).filter(known -> known != Status.UNRECOGNIZED);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String message(String given) {
    String line = given.replaceAll("\\p{Cntrl}+", " ").strip();
    if (line.isEmpty()) {
      return "'" + service + "' refused the call";
    }
    return line.length() <= MAX_MESSAGE_CHARS
        ? line
        : line.substring(0, MAX_MESSAGE_CHARS - 1) + "…";
  }

  /** Nothing is kept for it: the queues are the bridge's. */
  @Override
  public void close() {}
}
