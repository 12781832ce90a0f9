package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.jspecify.annotations.Nullable;

/** A request on its way, and its one outcome. Thread-safe. */
final class UplinkRequest implements BatchSender.Sendable {
  private final String id;
  private final UplinkQueues.Request request;
  private final CompletableFuture<UplinkQueues.Outcome> outcome = new CompletableFuture<>();
  private @Nullable Connection connection; // guarded by this; null: not begun
  private @Nullable Destination replyTo; // guarded by this

  UplinkRequest(String id, UplinkQueues.Request request) {
    this.id = id;
    this.request = request;
  }

  String id() {
    return id;
  }

  CompletableFuture<UplinkQueues.Outcome> outcome() {
    return outcome;
  }

  /** Until the deadline; negative when it has passed. */
  long leftNanos() {
    return request.deadlineNanos() - System.nanoTime();
  }

  /** From now on the broker may have it. */
  synchronized void begin(Connection by, Destination answerTo) {
    connection = by;
    replyTo = answerTo;
  }

  synchronized boolean begun() {
    return connection != null;
  }

  /** Ends it, unless the broker may have it. */
  synchronized void endUnsent(UplinkQueues.Outcome why) {
    if (connection == null) {
      outcome.complete(why);
    }
  }

  /** Nothing comes or goes by this connection any more. */
  synchronized void ended(Connection gone) {
    if (connection == null) {
      outcome.complete(new UplinkQueues.Outcome.NotSent("the connection to the broker is lost"));
    } else if (connection.equals(gone)) {
      outcome.complete(new UplinkQueues.Outcome.Lost("the connection to the broker is lost"));
    }
  }

  @Override
  public String to() {
    return ActiveMQDestination.QUEUE_QUALIFIED_PREFIX + request.queue();
  }

  @Override
  public int deliveryMode() {
    return DeliveryMode.NON_PERSISTENT;
  }

  /** Zero would be for ever. */
  @Override
  public long timeToLiveMs() {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos()));
  }

  @Override
  public Message write(Session session) throws JMSException {
    Message message = body(session);
    for (Map.Entry<String, String> property : request.properties().entrySet()) {
      message.setStringProperty(property.getKey(), property.getValue());
    }
    message.setStringProperty(Properties.SERVICE, request.service());
    message.setStringProperty(Properties.METHOD, request.method());
    message.setStringProperty(Properties.CONTENT_TYPE, request.contentType());
    message.setLongProperty(Properties.DEADLINE_MS, timeToLiveMs());
    message.setJMSCorrelationID(id);
    synchronized (this) {
      message.setJMSReplyTo(replyTo);
    }
    return message;
  }

  private Message body(Session session) throws JMSException {
    if (isText(request.contentType())) {
      try {
        return session.createTextMessage(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(request.body())).toString());
      } catch (CharacterCodingException e) {
        // Not what it says it is: as it came, for the back end to refuse.
        return bytes(session);
      }
    }
    return bytes(session);
  }

  private BytesMessage bytes(Session session) throws JMSException {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(request.body());
    return message;
  }

  private static boolean isText(String contentType) {
    int parameters = contentType.indexOf(';');
    String type =
        (parameters < 0 ? contentType : contentType.substring(0, parameters))
            .strip()
            .toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.endsWith("+json") || type.startsWith("text/");
  }
}
