package io.trunkline.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What a node's management API answers of its services and of nodes, on a real port. */
final class ApiStandIn implements AutoCloseable {
  static final String TOKEN = "token-of-all-nodes";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger reloads = new AtomicInteger();
  private volatile Reply listed = new Reply(503, "{}");
  private volatile Reply reloaded = new Reply(503, "{}");
  private volatile Reply forgotten = new Reply(503, "{}");
  private volatile Runnable whenForgetting = () -> {};
  private volatile String forgottenPath = "";

  private record Reply(int status, String body) {}

  ApiStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/api/v1/services", exchange -> answer(exchange, "GET", listed));
    server.createContext(
        "/api/v1/services/reload",
        exchange -> {
          reloads.incrementAndGet();
          answer(exchange, "POST", reloaded);
        });
    server.createContext(
        "/api/v1/nodes/",
        exchange -> {
          forgottenPath = exchange.getRequestURI().getPath();
          whenForgetting.run();
          answer(exchange, "DELETE", forgotten);
        });
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  int reloads() {
    return reloads.get();
  }

  void lists(String json) {
    listed = new Reply(200, json);
  }

  void reloadAnswers(int status, String json) {
    reloaded = new Reply(status, json);
  }

  /**
   * @param first done before it answers
   */
  void forgetAnswers(int status, String json, Runnable first) {
    whenForgetting = first;
    forgotten = new Reply(status, json);
  }

  /** Of the last request to forget a node. */
  String forgottenPath() {
    return forgottenPath;
  }

  private static void answer(HttpExchange exchange, String method, Reply reply) throws IOException {
    boolean known =
        ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    int status = !known ? 401 : exchange.getRequestMethod().equals(method) ? reply.status() : 405;
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** An answer with one service of each kind, as a node writes it. */
  static String services(String node, int ok, int busy, int internal, String circuit) {
    return """
    {"node": "%s",
     "routes": {"file": "/srv/routes.properties", "loaded_at": "2026-11-21T06:00:00.123Z",
       "checked_at": "2026-11-21T06:00:00.123Z", "ok": true, "problems": []},
     "services": [
       {"name": "echo", "back_end": "java", "rates": {},
        "counts": {"calls": 40, "in_flight": 0, "outcomes": {"OK": 40}}},
       {"name": "orders", "back_end": "http", "target": "http://10.0.3.7:8080/orders",
        "bounds": {"max_concurrent": 64, "max_queued": 1024, "running": 3, "queued": 1},
        "timeout": "PT5S", "max_request_bytes": 65536,
        "rates": {"user": "20/s"},
        "circuit": {"state": "%s", "failures": 50, "calls": 20, "open_for": "PT5S",
          "half_open_in": "PT0S"},
        "counts": {"calls": %d, "in_flight": 4,
          "outcomes": {"OK": %d, "BUSY": %d, "INTERNAL": %d, "NOT_FOUND": 2}}},
       {"name": "stock", "back_end": "jms", "target": "trunkline.uplink.stock",
        "bounds": {"max_concurrent": 64, "max_queued": 1024, "running": 0, "queued": 0},
        "rates": {}, "circuit": {"state": "closed", "failures": 50, "calls": 20,
          "open_for": "PT5S", "half_open_in": "PT0S"},
        "counts": {"calls": 0, "in_flight": 0, "outcomes": {}}}],
     "unknown": {"calls": 5, "in_flight": 0, "outcomes": {"NOT_FOUND": 5}}}
    """
        .formatted(node, circuit, ok + busy + internal + 6, ok, busy, internal);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
