package io.trunkline.jms;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches, each as one transaction: its messages are on their way without an answer to each,
 * and what is wrong with one shows when the transaction is committed. Then the batch is sent in
 * smaller ones, to find the messages that the broker does not take.
 *
 * <p>Not by asynchronous sends: see {@link Connector} about the confirmation window.
 *
 * <p>Not thread-safe: as its session.
 *
 * @param <M> the messages
 */
final class BatchSender<M extends BatchSender.Sendable> {
  private final Session session;
  private final MessageProducer producer;
  private final BooleanSupplier usable;

  /**
   * Makes one.
   *
   * @param session transacted
   * @param usable whether the session's connection is still the one in use
   */
  BatchSender(Session session, BooleanSupplier usable) throws JMSException {
    this.session = session;
    this.producer = session.createProducer(null);
    this.usable = usable;
  }

  /** A message that can be sent. */
  interface Sendable {
    /** Its destination with its kind, as {@code queue://…}. */
    String to();

    int deliveryMode();

    /** Milliseconds from now; zero: for ever. */
    long timeToLiveMs();

    /** Makes it, on the session that it is sent by. */
    Message write(Session session) throws JMSException;
  }

  /** A message that the broker has not taken. */
  record Refused<M>(M message, Exception why) {
    /** Whether it would not be taken at another time either. */
    boolean forEver() {
      return switch (type(why)) {
        case ADDRESS_FULL, IO_ERROR, INTERNAL_ERROR, GENERIC_EXCEPTION, TIMEOUT_EXCEPTION -> false;
        case null, default -> true;
      };
    }
  }

  /**
   * Sends; when it returns, the broker has all but those returned, on its disk if they are
   * persistent. Messages to one destination keep their order.
   *
   * @throws JMSException if the connection failed: which of them the broker has is not known
   */
  List<Refused<M>> send(List<M> batch) throws JMSException {
    List<Refused<M>> refused = new ArrayList<>();
    send(batch, refused);
    return refused;
  }

  private void send(List<M> batch, List<Refused<M>> refused) throws JMSException {
    Map<String, List<M>> groups = byDestination(batch);
    Exception failure;
    try {
      List<Refused<M>> gone = new ArrayList<>();
      for (Map.Entry<String, List<M>> group : groups.entrySet()) {
        sendTo(group.getKey(), group.getValue(), gone);
      }
      session.commit();
      refused.addAll(gone);
      return;
    } catch (JMSException | RuntimeException e) {
      if (!usable.getAsBoolean() || connectionFailed(e)) {
        throw e;
      }
      session.rollback();
      failure = e;
    }
    if (groups.size() > 1) {
      for (List<M> group : groups.values()) {
        send(group, refused);
      }
    } else if (batch.size() > 1 && !concernsDestination(failure)) {
      for (M outgoing : batch) {
        send(List.of(outgoing), refused);
      }
    } else if (type(failure) != ActiveMQExceptionType.DUPLICATE_ID_REJECTED) {
      // A duplicate has reached the broker before.
      batch.forEach(outgoing -> refused.add(new Refused<>(outgoing, failure)));
    }
  }

  private Map<String, List<M>> byDestination(List<M> batch) {
    Map<String, List<M>> groups = new LinkedHashMap<>();
    for (M outgoing : batch) {
      groups.computeIfAbsent(outgoing.to(), to -> new ArrayList<>()).add(outgoing);
    }
    return groups;
  }

  private void sendTo(String address, List<M> group, List<Refused<M>> gone) throws JMSException {
    // Artemis asks the broker about a destination, and waits, when it meets the object first: so
    // one object a batch. Not one for good: a reply queue may go and come again.
    Destination to = ActiveMQDestination.fromPrefixedName(address);
    for (M outgoing : group) {
      Message message = outgoing.write(session);
      try {
        producer.send(
            to,
            message,
            outgoing.deliveryMode(),
            Message.DEFAULT_PRIORITY,
            outgoing.timeToLiveMs());
      } catch (InvalidDestinationException e) {
        group.forEach(each -> gone.add(new Refused<>(each, e)));
        return;
      }
    }
  }

  private static boolean connectionFailed(Exception failure) {
    return switch (type(failure)) {
      case NOT_CONNECTED,
          CONNECTION_TIMEDOUT,
          DISCONNECTED,
          REMOTE_DISCONNECT,
          UNBLOCKED,
          OBJECT_CLOSED,
          SHUTDOWN_ERROR,
          TRANSACTION_OUTCOME_UNKNOWN ->
          true;
      case null, default -> false;
    };
  }

  private static boolean concernsDestination(Exception failure) {
    return switch (type(failure)) {
      case ADDRESS_DOES_NOT_EXIST,
          QUEUE_DOES_NOT_EXIST,
          SECURITY_EXCEPTION,
          UNEXPECTED_ROUTING_TYPE_FOR_ADDRESS ->
          true;
      case null, default -> false;
    };
  }

  private static @Nullable ActiveMQExceptionType type(Exception failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ActiveMQException artemis) {
        return artemis.getType();
      }
    }
    return null;
  }
}
