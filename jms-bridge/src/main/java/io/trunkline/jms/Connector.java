package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.ExceptionListener;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.activemq.artemis.api.core.ActiveMQConnectionTimedOutException;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/** Makes connections to the broker, and says in plain words why one could not be made. */
final class Connector {
  /** How long a call may take before the broker counts as stuck. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /**
   * What may be sent to an address before the broker grants more; bytes. Artemis' 64 KiB hold about
   * a hundred receipts, then the sender waits for an answer.
   */
  private static final int PRODUCER_WINDOW = 1 << 20;

  private final JmsConfig config;
  private final ActiveMQConnectionFactory factory;

  private Connector(JmsConfig config, ActiveMQConnectionFactory factory) {
    this.config = config;
    this.factory = factory;
  }

  static Connector of(JmsConfig config) throws BrokerUnavailableException {
    long timeoutMs = config.connectTimeout().toMillis();
    String join = config.url().contains("?") ? "&" : "?";
    ActiveMQConnectionFactory factory;
    try {
      factory =
          new ActiveMQConnectionFactory(
              config.url() + join + "connect-timeout-millis=" + timeoutMs);
      // The bridge connects again itself: sessions, subscriptions and what was in flight go with
      // the connection, and everything not acknowledged is delivered again.
      factory.setReconnectAttempts(0);
      factory.setInitialConnectAttempts(1);
      factory.setUseTopologyForLoadBalancing(false);
      factory.setConnectionTTL(config.connectionTtl().toMillis());
      factory.setClientFailureCheckPeriod(config.connectionTtl().toMillis());
      factory.setCallTimeout(CALL_TIMEOUT.toMillis());
      // Without a confirmation window, which asynchronous sends need: with it the broker answers
      // each
      // message of a transaction, and the client takes a refusal among these answers for the answer
      // to whichever call of the session waits next.
      factory.setConfirmationWindowSize(-1);
      factory.setProducerWindowSize(PRODUCER_WINDOW);
    } catch (RuntimeException e) {
      throw new BrokerUnavailableException(
          "jms.url = '" + address(config) + "' is not an address of a broker: " + firstLine(e), e);
    }
    return new Connector(config, factory);
  }

  /** A started connection. */
  Connection connect(ExceptionListener onFailure) throws JMSException {
    Connection connection = factory.createConnection(config.user(), config.password());
    try {
      connection.setExceptionListener(onFailure);
      connection.start();
      return connection;
    } catch (JMSException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  static void closeQuietly(@Nullable AutoCloseable closeable) {
    if (closeable == null) {
      return;
    }
    try {
      closeable.close();
    } catch (Exception e) {
      // It is being thrown away.
      return;
    }
  }

  /** The broker's address without what may be secret in it. */
  String address() {
    return address(config);
  }

  private static String address(JmsConfig config) {
    return config.url().replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//");
  }

  /** Why the broker is not there, in one line. */
  String inWords(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case JMSSecurityException _ -> {
          return "user '" + config.user() + "' or its password is refused";
        }
        case ActiveMQNotConnectedException _ -> {
          return "no broker accepts connections there";
        }
        case ActiveMQConnectionTimedOutException _ -> {
          return "something accepts connections there but does not answer as a broker would";
        }
        case UncheckedIOException _ -> {
          return firstLine(cause);
        }
        default -> {
          continue;
        }
      }
    }
    return firstLine(failure);
  }

  static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  JmsConfig config() {
    return config;
  }
}
