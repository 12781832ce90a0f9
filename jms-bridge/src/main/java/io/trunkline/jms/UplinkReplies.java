package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.jspecify.annotations.Nullable;

/**
 * Takes replies from this process's temporary queue: one consumer for all services, a new queue on
 * each connection. When the queue goes, so do the requests whose replies it would have taken.
 */
final class UplinkReplies implements SessionLoop.Work {
  private static final long WAIT_MS = 250;
  private static final String JSON = "application/json";
  private static final String BYTES = "application/octet-stream";

  private final BrokerLink link;
  private final UplinkCalls calls;
  private final ReplyQueue queue = new ReplyQueue();

  UplinkReplies(BrokerLink link, UplinkCalls calls) {
    this.link = link;
    this.calls = calls;
  }

  ReplyQueue queue() {
    return queue;
  }

  @Override
  public void run(Connection on, SessionLoop loop) throws JMSException {
    // A reply that is lost with this process has nobody to wait for it: nothing to acknowledge.
    try (Session session = on.createSession(ActiveMQJMSConstants.PRE_ACKNOWLEDGE)) {
      TemporaryQueue temporary = session.createTemporaryQueue();
      try (Intake intake =
          Intake.open(session, temporary.getQueueName(), link.config().maxBody().bytes())) {
        queue.use(on, temporary);
        loop.ready();
        while (!loop.stopping()) {
          Intake.Taken taken = intake.receive(WAIT_MS);
          if (taken != null) {
            calls.reply(taken.message().getJMSCorrelationID(), read(taken));
          } else if (!link.isCurrent(on)) {
            return;
          }
        }
      } finally {
        queue.gone();
        calls.ended(on);
        if (link.isCurrent(on)) {
          temporary.delete();
        }
      }
    } finally {
      // Also if there never was a queue: nobody is to wait for what cannot be sent.
      calls.ended(on);
    }
  }

  private UplinkQueues.Outcome read(Intake.Taken taken) {
    if (taken.bodyBytes() > 0) {
      return new UplinkQueues.Outcome.Unreadable(
          "the reply has more than " + link.config().maxBody().bytes() + " bytes");
    }
    try {
      Message message = taken.message();
      return switch (message) {
        case TextMessage text ->
            reply(
                message,
                text.getText() == null
                    ? new byte[0]
                    : text.getText().getBytes(StandardCharsets.UTF_8),
                JSON);
        case BytesMessage bytes -> {
          byte[] body = new byte[(int) bytes.getBodyLength()];
          bytes.readBytes(body);
          yield reply(message, body, BYTES);
        }
        case MapMessage _, ObjectMessage _, StreamMessage _ ->
            new UplinkQueues.Outcome.Unreadable("the reply is neither a text nor bytes");
        default -> reply(message, new byte[0], "");
      };
    } catch (JMSException | RuntimeException e) {
      return new UplinkQueues.Outcome.Unreadable("the reply cannot be read");
    }
  }

  private static UplinkQueues.Outcome reply(Message message, byte[] body, String usualType)
      throws JMSException {
    String type = message.getStringProperty(Properties.CONTENT_TYPE);
    return new UplinkQueues.Outcome.Reply(
        text(message, Properties.STATUS),
        text(message, Properties.MESSAGE),
        type == null ? usualType : type,
        body,
        retryAfter(message.getObjectProperty(Properties.RETRY_AFTER_MS)));
  }

  private static String text(Message message, String property) throws JMSException {
    String text = message.getStringProperty(property);
    return text == null ? "" : text;
  }

  /** A number, or a text that is one. */
  private static Duration retryAfter(@Nullable Object given) {
    long ms;
    try {
      ms =
          switch (given) {
            case Number number -> number.longValue();
            case String text -> Long.parseLong(text.strip());
            case null, default -> 0;
          };
    } catch (NumberFormatException e) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(Math.max(0, ms));
  }
}
