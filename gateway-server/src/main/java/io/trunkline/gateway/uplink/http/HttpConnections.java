package io.trunkline.gateway.uplink.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A back end's connections that are kept alive; the one used last is used first. How many are used
 * at a time is bounded elsewhere, by the calls of the service. Thread-safe.
 */
final class HttpConnections implements AutoCloseable {
  /** A host that does not answer at all is not there, however much time the call has. */
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * Servers close what is idle, from 5 s on. A request that meets the close on its way cannot be
   * repeated unless it is idempotent: the others take only what was just in use.
   */
  private static final long MAX_IDLE_NOT_REPEATABLE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Endpoint endpoint;
  private final int most;
  private final Deque<HttpConnection> idle = new ArrayDeque<>(); // guards itself and closed
  private boolean closed;

  HttpConnections(Endpoint endpoint, int most) {
    this.endpoint = endpoint;
    this.most = most;
  }

  /**
   * A connection for one exchange.
   *
   * @param fresh whether it must be a new one
   * @throws IOException if there is none to be had: nothing was sent
   */
  HttpConnection take(HttpMethod method, boolean fresh, long leftNanos) throws IOException {
    if (!fresh) {
      long maxIdleNanos = method.idempotent() ? MAX_IDLE_NANOS : MAX_IDLE_NOT_REPEATABLE_NANOS;
      for (HttpConnection kept = poll(maxIdleNanos); kept != null; kept = poll(maxIdleNanos)) {
        if (kept.quiet()) {
          return kept;
        }
        kept.closeResource();
      }
    }
    return connect(Math.min(leftNanos, CONNECT_NANOS));
  }

  private @org.jspecify.annotations.Nullable HttpConnection poll(long maxIdleNanos) {
    synchronized (idle) {
      HttpConnection last = idle.peekLast();
      return last != null && last.idleNanos() <= maxIdleNanos ? idle.pollLast() : null;
    }
  }

  private HttpConnection connect(long timeoutNanos) throws IOException {
    long endNanos = System.nanoTime() + timeoutNanos;
    IOException failure = new UnknownHostException(endpoint.host());
    for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
      long leftNanos = endNanos - System.nanoTime();
      if (leftNanos > 0) {
        try {
          return HttpConnection.open(
              endpoint, new InetSocketAddress(address, endpoint.port()), leftNanos);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    throw failure;
  }

  /** After an exchange that left nothing behind. */
  void giveBack(HttpConnection connection) {
    connection.idle();
    List<HttpConnection> surplus = new ArrayList<>();
    synchronized (idle) {
      if (closed) {
        surplus.add(connection);
      } else {
        idle.addLast(connection);
      }
      while (!idle.isEmpty()
          && (idle.size() > most || idle.peekFirst().idleNanos() > MAX_IDLE_NANOS)) {
        surplus.add(idle.pollFirst());
      }
    }
    surplus.forEach(HttpConnection::closeResource);
  }

  /** Those that are kept. */
  int kept() {
    synchronized (idle) {
      return idle.size();
    }
  }

  /** Closes those that are kept, and each other when it is given back. */
  @Override
  public void close() {
    List<HttpConnection> all;
    synchronized (idle) {
      closed = true;
      all = List.copyOf(idle);
      idle.clear();
    }
    all.forEach(HttpConnection::closeResource);
  }
}
