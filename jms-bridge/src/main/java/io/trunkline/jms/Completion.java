package io.trunkline.jms;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The broker's answer to one asynchronous send. */
final class Completion implements CompletionListener {
  /** A connection that dies answers nothing: look after it this often. */
  private static final long LOOK_MS = 50;

  private final CompletableFuture<Void> answer = new CompletableFuture<>();

  @Override
  public void onCompletion(Message message) {
    answer.complete(null);
  }

  @Override
  public void onException(Message message, Exception exception) {
    answer.completeExceptionally(exception);
  }

  /**
   * Waits until the broker has the message.
   *
   * @throws JMSException if it refuses it, or does not answer
   */
  void await(BrokerLink link, Connection connection) throws JMSException, InterruptedException {
    long deadlineNs = System.nanoTime() + Connector.CALL_TIMEOUT.toNanos();
    while (true) {
      try {
        answer.get(LOOK_MS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        if (!link.isCurrent(connection)) {
          throw failed("the connection was lost before the broker answered", e);
        }
        if (System.nanoTime() - deadlineNs > 0) {
          throw failed("the broker did not answer in time", e);
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof JMSException refused) {
          throw refused;
        }
        throw failed(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static JMSException failed(String message, Exception cause) {
    JMSException failure = new JMSException(message);
    failure.setLinkedException(cause);
    return failure;
  }
}
