package io.trunkline.systemtest.drain;

import io.trunkline.client.Backoff;
import io.trunkline.client.ClientBuilder;
import io.trunkline.client.ClientListener;
import io.trunkline.client.ClientState;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that makes one call after the other, and keeps what happens to it. Its fields are
 * thread-safe.
 */
public final class Customer implements ClientListener, AutoCloseable {
  private static final Backoff SHORT =
      new Backoff(Duration.ofMillis(50), 2, Duration.ofMillis(500));
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  public final String user;
  public final List<SessionInfo> sessions = new CopyOnWriteArrayList<>();
  public final List<Disconnect> ends = new CopyOnWriteArrayList<>();

  /** When it was told to go, by {@link System#nanoTime}. */
  public final List<Long> told = new CopyOnWriteArrayList<>();

  public final Queue<String> messages = new ConcurrentLinkedQueue<>();
  public final AtomicLong answered = new AtomicLong();

  /** Calls that were told to be made again. */
  public final AtomicLong again = new AtomicLong();

  /** Calls that failed otherwise. */
  public final Queue<CallResult> failed = new ConcurrentLinkedQueue<>();

  private final TrunklineClient client;
  private final Thread caller;
  private volatile boolean over;

  /** Not connected yet; the builder gets what the client is told. */
  public Customer(String user, ClientBuilder builder) {
    this.user = user;
    client = builder.deviceId("device-of-" + user).backoff(SHORT).listener(this).build();
    caller = Thread.ofVirtual().unstarted(this::callOn);
  }

  /** Returns when it is connected. */
  public void start() {
    var _ = client.connect().orTimeout(120, TimeUnit.SECONDS).join();
    caller.start();
  }

  private void callOn() {
    while (!over) {
      CallResult result = client.call("echo", "echo", user).join();
      if (result.ok()) {
        answered.incrementAndGet();
      } else if (!result.retryAfter().isZero()) {
        again.incrementAndGet();
      } else {
        failed.add(result);
      }
      LockSupport.parkNanos(Math.max(PAUSE_NS, result.retryAfter().toNanos()));
    }
  }

  public boolean isConnected() {
    return client.state() == ClientState.CONNECTED;
  }

  @Override
  public void connected(SessionInfo session) {
    sessions.add(session);
  }

  @Override
  public void disconnected(Disconnect disconnect) {
    ends.add(disconnect);
  }

  @Override
  public void goAway(String reason, Duration delay) {
    told.add(System.nanoTime());
  }

  @Override
  public void notification(Notification notification) {
    messages.add(notification.text());
  }

  /** Returns when the last call has ended. */
  public void stopCalling() throws InterruptedException {
    over = true;
    caller.join();
  }

  @Override
  public void close() {
    over = true;
    client.close();
  }
}
