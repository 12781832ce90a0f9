package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * The network between two programs: passes bytes on, and can be slow, break connections in the
 * middle of a word, be away, and fall silent with the connections open, as where a cable is pulled.
 * Listens on 127.0.0.1 from its making to its end. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int BACKLOG = 50;
  private static final int BUFFER_BYTES = 1 << 16;

  private final List<InetSocketAddress> targets;
  private final IntUnaryOperator first;
  private final ServerSocket server;
  private final Set<Pair> open = ConcurrentHashMap.newKeySet();
  private final Object gate = new Object();
  private volatile State state = State.OPEN;
  private volatile Duration delay = Duration.ZERO;

  private enum State {
    OPEN,
    /** New connections are refused. */
    AWAY,
    SILENT_HOLDING,
    SILENT_LOSING,
    CLOSED;

    boolean isSilent() {
      return this == SILENT_HOLDING || this == SILENT_LOSING;
    }
  }

  /** What becomes of what is sent into a silent network. */
  public enum Silence {
    /** It arrives when the network is back, as what a kernel repeats. */
    HOLDS,
    /** It is lost, and connections that lost any are reset when the network is back. */
    LOSES
  }

  /** A connection and its other half. */
  private static final class Pair {
    private final Socket near;
    private final Socket far;
    private volatile boolean lost;

    Pair(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    void reset() {
      TcpProxy.reset(near);
      TcpProxy.reset(far);
    }
  }

  /**
   * To any of several.
   *
   * @param first which to try first, of how many; when that is not there, the next, and so on
   */
  public TcpProxy(List<InetSocketAddress> targets, IntUnaryOperator first) throws IOException {
    this.targets = List.copyOf(targets);
    this.first = first;
    this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** To a port of this machine; nobody needs to listen there yet. */
  public static TcpProxy to(int port) throws IOException {
    var target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new TcpProxy(List.of(target), count -> 0);
  }

  /** Where it listens, on 127.0.0.1. */
  public int port() {
    return server.getLocalPort();
  }

  /** Ends the connections there are, without a word; they may be made again at once. */
  public void cut() {
    open.forEach(Pair::reset);
  }

  /** There is no way through until {@link #recover}: connections end, new ones are refused. */
  public void away() {
    become(State.AWAY);
    cut();
  }

  /**
   * Nothing comes through until {@link #recover}, not even the end of a connection: those there are
   * stay open, and new ones are made and get no answer.
   */
  public void fallSilent(Silence how) {
    become(how == Silence.HOLDS ? State.SILENT_HOLDING : State.SILENT_LOSING);
  }

  /** All goes through again, and at once. */
  public void recover() {
    delay = Duration.ZERO;
    become(State.OPEN);
    open.stream().filter(pair -> pair.lost).forEach(Pair::reset);
  }

  /** How long bytes are on their way, either way; each read's worth waits for the one before. */
  public void delay(Duration each) {
    delay = each;
  }

  private void become(State next) {
    synchronized (gate) {
      if (state != State.CLOSED) {
        state = next;
      }
      gate.notifyAll();
    }
  }

  private void accept() {
    while (state != State.CLOSED) {
      try {
        Socket near = server.accept();
        if (state == State.AWAY) {
          reset(near);
        } else {
          Thread.ofVirtual().start(() -> connect(near));
        }
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        } // otherwise that one client was gone already
      }
    }
  }

  private void connect(Socket near) {
    try {
      awaitSound();
      int begin = first.applyAsInt(targets.size());
      for (int i = 0; i < targets.size(); i++) {
        var far = new Socket();
        try {
          far.connect(targets.get((begin + i) % targets.size()), CONNECT_TIMEOUT_MS);
          pump(new Pair(near, far));
          return;
        } catch (IOException e) {
          reset(far);
        }
      }
      reset(near);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Pair pair) throws IOException {
    pair.near.setTcpNoDelay(true);
    pair.far.setTcpNoDelay(true);
    open.add(pair);
    if (state == State.AWAY || state == State.CLOSED) {
      pair.reset();
    }
    Thread.ofVirtual().start(() -> copy(pair, pair.far, pair.near));
    copy(pair, pair.near, pair.far);
  }

  /** Until either end is gone, which then takes the other along. */
  private void copy(Pair pair, Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (goesOn(pair)) {
          out.write(buffer, 0, read);
        }
      }
      awaitSound();
      if (pair.lost) {
        pair.reset();
      }
    } catch (IOException e) {
      pair.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(to);
      open.remove(pair);
    }
  }

  /** Returns when bytes that were read may be written; false: they are lost. */
  private boolean goesOn(Pair pair) throws InterruptedException {
    Duration now = delay;
    if (now.isPositive()) {
      TimeUnit.NANOSECONDS.sleep(now.toNanos());
    }
    if (state == State.SILENT_LOSING) {
      pair.lost = true;
    }
    if (pair.lost) {
      if (state != State.SILENT_LOSING) {
        pair.reset();
      }
      return false;
    }
    awaitSound();
    return true;
  }

  private void awaitSound() throws InterruptedException {
    synchronized (gate) {
      while (state.isSilent()) {
        gate.wait();
      }
    }
  }

  /** What was on its way in either direction is lost. */
  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      return; // it is closed already
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      return; // which is what was wanted
    }
  }

  @Override
  public void close() throws IOException {
    become(State.CLOSED);
    server.close();
    cut();
  }
}
