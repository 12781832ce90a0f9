package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A temporary queue of this process, a new one on each connection: who takes from it says so, who
 * wants replies asks for it. Thread-safe.
 */
final class ReplyQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Connection connection;
  private @Nullable Destination queue;

  /** The queue that lives with this connection, if it is there in time. */
  Optional<Destination> await(Connection of, Duration atMost) throws InterruptedException {
    long leftNs = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (!of.equals(connection) && leftNs > 0) {
        leftNs = changed.awaitNanos(leftNs);
      }
      return of.equals(connection) ? Optional.ofNullable(queue) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether replies are taken from it. */
  boolean is(Destination asked) {
    lock.lock();
    try {
      return asked.equals(queue);
    } finally {
      lock.unlock();
    }
  }

  /** From now on replies are taken from this one. */
  void use(Connection newConnection, Destination newQueue) {
    set(newConnection, newQueue);
  }

  /** From now on none are taken. */
  void gone() {
    set(null, null);
  }

  private void set(@Nullable Connection newConnection, @Nullable Destination newQueue) {
    lock.lock();
    try {
      connection = newConnection;
      queue = newQueue;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
