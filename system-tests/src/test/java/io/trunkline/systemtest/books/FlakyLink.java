package io.trunkline.systemtest.books;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between one client and the nodes, or whatever listens: leads to any node that is
 * there, can be cut in the middle of a frame, and can be away. Thread-safe.
 */
public final class FlakyLink implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int BUFFER_BYTES = 8_192;

  private final List<InetSocketAddress> nodes;
  private final SplittableRandom random;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean away;

  /** Leads to any of these, at random. */
  public FlakyLink(List<InetSocketAddress> nodes, SplittableRandom random) throws IOException {
    this.nodes = nodes;
    this.random = random;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it begins. */
  public String url() {
    return "tcp://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (away) {
          reset(client);
        } else {
          Thread.ofVirtual().start(() -> connect(client));
        }
      } catch (IOException e) {
        away |= server.isClosed(); // otherwise that one client was gone already
      }
    }
  }

  private void connect(Socket client) {
    int first;
    synchronized (random) {
      first = random.nextInt(nodes.size());
    }
    for (int i = 0; i < nodes.size(); i++) {
      var node = new Socket();
      try {
        node.connect(nodes.get((first + i) % nodes.size()), CONNECT_TIMEOUT_MS);
        pump(client, node);
        return;
      } catch (IOException e) {
        reset(node);
      }
    }
    reset(client);
  }

  private void pump(Socket client, Socket node) throws IOException {
    client.setTcpNoDelay(true);
    node.setTcpNoDelay(true);
    open.add(client);
    open.add(node);
    if (away) {
      cut();
    }
    Thread.ofVirtual().start(() -> copy(node, client));
    copy(client, node);
  }

  /** Until either end is gone, which then takes the other along. */
  private void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      reset(from);
      reset(to);
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  /** Ends the connections there are; the client may come again at once. */
  void cut() {
    open.forEach(FlakyLink::reset);
  }

  /** No way through, until it is told otherwise. */
  public void away(boolean now) {
    away = now;
    if (now) {
      cut();
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

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
