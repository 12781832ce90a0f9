package io.trunkline.jms;

import io.trunkline.jms.DownlinkPump.Refusal;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/**
 * Puts refused messages into the rejected queue and reports them, before they are acknowledged.
 * After a crash in between they come again and the broker swallows what it has had, by ids that
 * stay the same: so nothing is lost and nothing doubled. In one transaction with the
 * acknowledgement that would not work: several nodes may refuse the same message, and a duplicate,
 * or a reply queue that is gone, fails the whole transaction, with what was delivered in it. Not
 * thread-safe: as its session.
 */
final class Aside implements AutoCloseable {
  private final Destination rejected = ActiveMQDestination.createQueue(Destinations.REJECTED);
  private final Session session;
  private final MessageProducer producer;
  private final ReceiptSender receipts;

  Aside(Connection connection, ReceiptSender receipts) throws JMSException {
    this.session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    this.producer = session.createProducer(null);
    this.receipts = receipts;
  }

  void put(List<Refusal> refusals, Instant at) throws JMSException, BrokerUnavailableException {
    List<ReceiptEnvelope> reports = new ArrayList<>();
    for (Refusal refusal : refusals) {
      put(refusal.message(), refusal.reject());
      report(refusal.message(), refusal.reject(), at).ifPresent(reports::add);
    }
    receipts.trySend(reports);
  }

  private void put(Message original, Reject reject) throws JMSException {
    Message copy = asFarAsReadable(original, reject);
    String id = original.getJMSMessageID();
    copy.setStringProperty(Properties.REJECT_CODE, reject.code().name());
    copy.setStringProperty(Properties.REJECT_REASON, reject.reason());
    if (id != null) {
      copy.setStringProperty(Properties.REJECT_ORIGINAL_ID, id);
      copy.setStringProperty(Properties.DUPLICATE_ID, id);
    }
    producer.send(
        rejected, copy, DeliveryMode.PERSISTENT, original.getJMSPriority(), /* timeToLive= */ 0);
  }

  /** A damaged message must not stay in the subscription for ever: then only its ids are kept. */
  private Message asFarAsReadable(Message original, Reject reject) throws JMSException {
    try {
      Message copy =
          // Its body may not have been loaded, and is not to be.
          reject.code() == RejectCode.TOO_LARGE
              ? session.createMessage()
              : Copies.withBody(session, original);
      Copies.copyProperties(original, copy);
      copy.setJMSReplyTo(original.getJMSReplyTo());
      copy.setJMSCorrelationID(original.getJMSCorrelationID());
      return copy;
    } catch (JMSException | RuntimeException e) {
      return session.createMessage();
    }
  }

  private static Optional<ReceiptEnvelope> report(Message message, Reject reject, Instant at)
      throws JMSException {
    Optional<String> to = ReplyAddress.ofRefused(message);
    if (to.isEmpty()) {
      return Optional.empty();
    }
    String messageId = String.valueOf(message.getJMSMessageID());
    String correlationId = message.getJMSCorrelationID();
    UUID id = id(Receipt.Status.REJECTED, messageId);
    Receipt receipt =
        new Receipt(
            id.toString(),
            messageId,
            Receipt.Status.REJECTED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            at,
            reject.code() + ": " + reject.reason(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    return Optional.of(
        new ReceiptEnvelope(
            id,
            to.get(),
            correlationId == null ? messageId : correlationId,
            receipt.status().name(),
            receipt.toJson()));
  }

  /** The same from every node and at every attempt. */
  static UUID id(Receipt.Status status, String messageId) {
    return UUID.nameUUIDFromBytes((status + " " + messageId).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws JMSException {
    session.close();
  }
}
