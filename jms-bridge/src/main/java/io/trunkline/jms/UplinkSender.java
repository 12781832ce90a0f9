package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sends requests: those that come while a batch is on its way make up the next. One answer of the
 * broker a batch, so that what it refuses ends at once and not by its deadline.
 */
final class UplinkSender implements SessionLoop.Work {
  private static final Duration REPLY_QUEUE_WAIT = Duration.ofMillis(250);

  private final BrokerLink link;
  private final UplinkCalls calls;
  private final UplinkReplies replies;

  UplinkSender(BrokerLink link, UplinkCalls calls, UplinkReplies replies) {
    this.link = link;
    this.calls = calls;
    this.replies = replies;
  }

  @Override
  public void run(Connection connection, SessionLoop loop)
      throws JMSException, InterruptedException {
    Optional<Destination> replyTo = replies.queue().await(connection, REPLY_QUEUE_WAIT);
    if (replyTo.isEmpty()) {
      return; // asked again soon
    }
    try (Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
      var sender = new BatchSender<UplinkRequest>(session, () -> link.isCurrent(connection));
      loop.ready();
      while (!loop.stopping() && link.isCurrent(connection)) {
        List<UplinkRequest> batch = calls.take();
        if (!batch.isEmpty() && !send(sender, batch, connection, replyTo.get())) {
          return;
        }
      }
    }
  }

  /** Returns false if the queue for replies is gone. */
  private boolean send(
      BatchSender<UplinkRequest> sender,
      List<UplinkRequest> batch,
      Connection connection,
      Destination replyTo)
      throws JMSException {
    if (!replies.queue().is(replyTo)) {
      var notSent = new UplinkQueues.Outcome.NotSent("the queue for replies is gone");
      batch.forEach(call -> call.endUnsent(notSent));
      return false;
    }
    batch.forEach(call -> call.begin(connection, replyTo));
    boolean known = false;
    try {
      List<BatchSender.Refused<UplinkRequest>> refused = sender.send(batch);
      for (BatchSender.Refused<UplinkRequest> each : refused) {
        String why = Connector.firstLine(each.why());
        each.message().outcome().complete(new UplinkQueues.Outcome.NotSent(why));
      }
      calls.sent(batch.size() - refused.size());
      known = true;
    } finally {
      if (!known) {
        var lost = new UplinkQueues.Outcome.Lost("the broker did not say whether it has it");
        batch.forEach(call -> call.outcome().complete(lost));
      }
    }
    if (!replies.queue().is(replyTo)) {
      // Its end may have been told before these had begun.
      batch.forEach(call -> call.ended(connection));
      return false;
    }
    return true;
  }
}
