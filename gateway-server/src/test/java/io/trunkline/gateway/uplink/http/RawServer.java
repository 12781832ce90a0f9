package io.trunkline.gateway.uplink.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does with each connection whatever a test wants. */
final class RawServer implements AutoCloseable {
  /** What it does with a connection; then it is closed. */
  interface Script {
    void serve(Peer peer) throws IOException;
  }

  private final ServerSocket listening;
  private final Script script;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();
  final List<String> requests = new CopyOnWriteArrayList<>();

  RawServer(Script script) throws IOException {
    this.script = script;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        open.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      script.serve(new Peer(socket, number));
    } catch (IOException e) {
      return; // what the test wanted to see
    } finally {
      ended.incrementAndGet();
    }
  }

  /** A connection to it; the first is number 1. */
  final class Peer {
    private final Socket socket;
    final int number;

    Peer(Socket socket, int number) {
      this.socket = socket;
      this.number = number;
    }

    /** The next request with its body; empty at the connection's end. */
    String request() throws IOException {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int each = in.read();
        if (each < 0) {
          return "";
        }
        head.append((char) each);
      }
      String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
      int at = lower.indexOf("content-length:");
      int length =
          at < 0 ? 0 : Integer.parseInt(lower.substring(at + 15, lower.indexOf('\r', at)).strip());
      String request = head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
      requests.add(request);
      return request;
    }

    void say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
    }

    void ok(String body) throws IOException {
      say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Returns when the other side has closed. */
    void awaitEnd() throws IOException {
      while (socket.getInputStream().read() >= 0) {
        Thread.onSpinWait();
      }
    }

    /** Does nothing, and reads nothing, until then. */
    void await(CountDownLatch until) throws IOException {
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    /** Closes with a reset instead of in order. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
