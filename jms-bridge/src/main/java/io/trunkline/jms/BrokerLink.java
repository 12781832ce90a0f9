package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to the broker. A thread of its own replaces it when it is lost, with back-off,
 * until the link is closed. Thread-safe.
 */
final class BrokerLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final Connector connector;
  private final String clientName;
  private final Thread supervisor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Connection current;
  private boolean closed;

  private BrokerLink(Connector connector, String clientName) {
    this.connector = connector;
    this.clientName = clientName;
    this.supervisor =
        Thread.ofPlatform().daemon().name("jms-link-" + clientName).unstarted(this::supervise);
  }

  static BrokerLink open(JmsConfig config, String clientName) throws BrokerUnavailableException {
    Connector connector = Connector.of(config);
    BrokerLink link = new BrokerLink(connector, clientName);
    CompletableFuture<Void> first = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                link.connect();
                first.complete(null);
              } catch (JMSException | RuntimeException e) {
                first.completeExceptionally(e);
              }
            });
    try {
      first.get(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      // Also throws away a connection that comes too late.
      link.close();
      String why =
          switch (e) {
            case ExecutionException failed when failed.getCause() != null ->
                connector.inWords(failed.getCause());
            case TimeoutException _ -> "no answer within " + millis(config.connectTimeout());
            default -> "interrupted";
          };
      throw new BrokerUnavailableException(
          "broker " + connector.address() + " is not available: " + why, e);
    }
    link.supervisor.start();
    return link;
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + " ms";
  }

  String clientName() {
    return clientName;
  }

  JmsConfig config() {
    return connector.config();
  }

  boolean connected() {
    lock.lock();
    try {
      return current != null;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a connection got from here is still the one in use. */
  boolean isCurrent(Connection connection) {
    lock.lock();
    try {
      return connection.equals(current);
    } finally {
      lock.unlock();
    }
  }

  /** The connection, as soon as there is one; empty once the link is closed. */
  Optional<Connection> await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (current == null && !closed) {
        changed.await();
      }
      return closed ? Optional.empty() : Optional.ofNullable(current);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The connection, if there is one in time.
   *
   * @throws BrokerUnavailableException if there is not
   */
  Connection require() throws BrokerUnavailableException {
    long leftNs = config().patience().toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (current == null && !closed && leftNs > 0 && !interrupted) {
        try {
          leftNs = changed.awaitNanos(leftNs);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      Connection connection = current;
      if (connection != null && !closed) {
        return connection;
      }
      String why =
          closed
              ? "this program has closed its link"
              : interrupted ? "interrupted" : "the connection is lost";
      throw unavailable(why, new IllegalStateException(why));
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  BrokerUnavailableException unavailable(Throwable cause) {
    return unavailable(connector.inWords(cause), cause);
  }

  private BrokerUnavailableException unavailable(String why, Throwable cause) {
    return new BrokerUnavailableException(
        "broker " + connector.address() + " is not available: " + why, cause);
  }

  private void connect() throws JMSException {
    CompletableFuture<Connection> made = new CompletableFuture<>();
    Connection connection =
        connector.connect(
            failure -> {
              // The listener can be called before its connection is known here.
              CompletableFuture<Void> _ = made.thenAccept(lost -> lost(lost, failure));
            });
    boolean late;
    lock.lock();
    try {
      late = closed;
      if (!late) {
        current = connection;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (late) {
      Connector.closeQuietly(connection);
    }
    made.complete(connection);
  }

  private void lost(Connection connection, JMSException failure) {
    lock.lock();
    try {
      if (closed || !connection.equals(current)) {
        return;
      }
      current = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    LOG.warn(
        "broker {} is away ({}); {} connects again until it is back",
        connector.address(),
        Connector.firstLine(failure),
        clientName);
    Thread.ofVirtual().start(() -> Connector.closeQuietly(connection));
  }

  private void supervise() {
    Backoff backoff = new Backoff();
    try {
      while (true) {
        lock.lockInterruptibly();
        try {
          while (current != null && !closed) {
            changed.await();
          }
          if (closed) {
            return;
          }
        } finally {
          lock.unlock();
        }
        long since = System.nanoTime();
        backoff.reset();
        while (!reconnect()) {
          if (pause(backoff.nextMs())) {
            return;
          }
        }
        LOG.info(
            "broker {} is back after {} ms",
            connector.address(),
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
      }
    } catch (InterruptedException e) {
      LOG.debug("link closed", e);
    }
  }

  private boolean reconnect() {
    try {
      connect();
      return true;
    } catch (JMSException | RuntimeException e) {
      LOG.debug("broker {} is still away", connector.address(), e);
      return false;
    }
  }

  /** Returns true if the link was closed meanwhile. */
  private boolean pause(long ms) throws InterruptedException {
    long leftNs = TimeUnit.MILLISECONDS.toNanos(ms);
    lock.lockInterruptibly();
    try {
      while (!closed && leftNs > 0) {
        leftNs = changed.awaitNanos(leftNs);
      }
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Returns within about 2 seconds, even if the broker does not answer. */
  @Override
  public void close() {
    Connection connection;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      connection = current;
      current = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    supervisor.interrupt();
    if (connection != null) {
      Thread closer = Thread.ofVirtual().start(() -> Connector.closeQuietly(connection));
      try {
        if (!closer.join(CLOSE_TIMEOUT)) {
          LOG.warn("broker {} did not answer to the end of the connection", connector.address());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
