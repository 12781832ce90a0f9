package io.trunkline.gateway.api;

import static org.awaitility.Awaitility.await;

import io.trunkline.client.Backoff;
import io.trunkline.client.ClientBuilder;
import io.trunkline.client.ClientListener;
import io.trunkline.client.ClientState;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.TrunklineClient;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.invocation.CallResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients of the library that call without a pause, and remember what happens to them. */
final class Crowd implements AutoCloseable {
  private static final Backoff SHORT =
      new Backoff(Duration.ofMillis(20), 2, Duration.ofMillis(200));

  /** One of them. */
  static final class Member implements ClientListener {
    final String user;
    final List<SessionInfo> sessions = new CopyOnWriteArrayList<>();
    final List<Disconnect> ends = new CopyOnWriteArrayList<>();
    final Set<String> texts = ConcurrentHashMap.newKeySet();
    volatile long goAwayNs;
    private final TrunklineClient client;

    Member(String user, ClientBuilder builder) {
      this.user = user;
      client = builder.listener(this).build();
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
      goAwayNs = System.nanoTime();
    }

    @Override
    public void notification(Notification notification) {
      texts.add(notification.text());
    }

    boolean isConnected() {
      return client.state() == ClientState.CONNECTED;
    }

    /** Where its session is. */
    String node() {
      return sessions.getLast().nodeId();
    }
  }

  final List<Member> members = new ArrayList<>();
  final AtomicLong answered = new AtomicLong();

  /** Calls that failed and were not told to be made again later. */
  final Queue<CallResult> failures = new ConcurrentLinkedQueue<>();

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean over;

  /** Connects them all, to one address at first. */
  Crowd(GatewayFixture fixture, String address, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      String user = prefix + i;
      Member member =
          new Member(
              user,
              TrunklineClient.builder()
                  .url("tcp://" + address)
                  .token(fixture.token(user))
                  .deviceId("d1")
                  .backoff(SHORT));
      members.add(member);
      // One after the other: each node knows of those before.
      var _ = member.client.connect().orTimeout(60, TimeUnit.SECONDS).join();
    }
    await("all were told").until(() -> members.stream().noneMatch(one -> one.sessions.isEmpty()));
  }

  Crowd calling() {
    members.forEach(member -> callers.execute(() -> call(member)));
    return this;
  }

  private void call(Member member) {
    while (!over) {
      CallResult result = member.client.call("echo", "echo", "x").join();
      if (result.ok()) {
        answered.incrementAndGet();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      } else {
        if (result.retryAfter().isZero()) {
          failures.add(result);
        }
        LockSupport.parkNanos(Math.max(1_000_000, result.retryAfter().toNanos()));
      }
    }
  }

  boolean allConnected() {
    return members.stream().allMatch(Member::isConnected);
  }

  Set<String> nodes() {
    return members.stream()
        .map(Member::node)
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  long on(String node) {
    return members.stream().filter(member -> member.node().equals(node)).count();
  }

  @Override
  public void close() {
    over = true;
    callers.close();
    members.forEach(member -> member.client.close());
  }
}
