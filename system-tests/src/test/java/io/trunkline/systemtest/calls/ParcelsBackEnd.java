package io.trunkline.systemtest.calls;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP back end: {@code GET /parcels/{id}} and {@code POST /parcels}. It can stop listening,
 * crawl and answer nonsense.
 */
public final class ParcelsBackEnd implements AutoCloseable {
  private static final long WORK_MS = 20;
  private static final long SLOW_MS = 3_000;
  private static final int SERVER_ERROR = 500;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, AtomicInteger> created = new ConcurrentHashMap<>();
  private volatile Mood mood = Mood.WELL;
  private @Nullable HttpServer server;
  private int port;

  public ParcelsBackEnd() throws IOException {
    listen();
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** How often each parcel was made, by the id that its caller gave. */
  public Map<String, AtomicInteger> created() {
    return created;
  }

  void mood(Mood next) throws IOException {
    if (next == Mood.STOPPED) {
      stop();
    } else if (server == null) {
      listen();
    }
    mood = next;
  }

  private void listen() throws IOException {
    HttpServer started =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    started.setExecutor(threads);
    started.createContext("/parcels", this::answer);
    started.start();
    port = started.getAddress().getPort();
    server = started;
  }

  private void stop() {
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
      server = null;
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    Mood now = mood;
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Thread.sleep(now == Mood.SLOW ? SLOW_MS : WORK_MS);
      if (now == Mood.BROKEN) {
        exchange.sendResponseHeaders(SERVER_ERROR, 0);
        exchange.getResponseBody().write("<html>oops".getBytes(StandardCharsets.UTF_8));
        return;
      }
      if (exchange.getRequestMethod().equals("POST")) {
        created.computeIfAbsent(body, key -> new AtomicInteger()).incrementAndGet();
      }
      String path = exchange.getRequestURI().getPath();
      byte[] text =
          ("{\"id\":\"" + path.substring(path.lastIndexOf('/') + 1) + "\",\"state\":\"sent\"}")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
