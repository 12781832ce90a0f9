package io.trunkline.gateway.uplink;

import com.google.protobuf.ByteString;
import io.netty.util.HashedWheelTimer;
import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.TestClient;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.gateway.transport.ClientPort;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.gateway.uplink.routes.BackEndSpec;
import io.trunkline.invocation.Alarm;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node as far as the uplink needs it: a real port, real event loops, a routes file; no database
 * and no broker. Back ends of kind {@code jms} are the test's own, named by their queue.
 */
final class UplinkNode implements AutoCloseable {
  record Clients(ClientsConfig clients) {}

  private static final int MAX_OUTSTANDING = 512;

  final Path file;
  final Routes routes;

  /** Back ends that were opened, in their order. */
  final List<FakeBackEnd> opened = new CopyOnWriteArrayList<>();

  private final Map<String, UplinkHandler> handlers = new ConcurrentHashMap<>();
  private final HashedWheelTimer timer = new HashedWheelTimer(5, TimeUnit.MILLISECONDS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ClientPort port;
  private final EngineHarness engine = new EngineHarness();
  private final List<TestClient> clients = new ArrayList<>();

  UplinkNode(Path folder, Duration check, UplinkService... services) throws IOException {
    file = folder.resolve("routes.properties");
    var config =
        new UplinkConfig(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            64,
            64,
            Optional.of(file),
            check,
            Optional.empty(),
            List.of());
    List<UplinkService> all = new ArrayList<>(BuiltInServices.all(Clock.systemUTC()));
    all.addAll(List.of(services));
    routes = new Routes(config, all, threads, this::open);
    engine.serve(new Uplink(config, routes, alarm(), MAX_OUTSTANDING, List.of()));
    port =
        new ClientPort(
            new Configuration()
                .set("clients.port", "0", "test")
                .set("clients.event-loops", "2", "test")
                .bind(Clients.class)
                .clients(),
            engine::barrier);
    port.startAccepting();
  }

  Alarm alarm() {
    return (delay, task) ->
        timer.newTimeout(timeout -> task.run(), delay, TimeUnit.NANOSECONDS)::cancel;
  }

  /** What answers behind this queue, from now on. */
  UplinkNode queue(String queue, UplinkHandler handler) {
    handlers.put(queue, handler);
    return this;
  }

  private BackEnds.Opened open(String service, BackEndSpec spec) {
    String queue = ((BackEndSpec.Jms) spec).queue();
    UplinkHandler handler = handlers.get(queue);
    if (handler == null) {
      throw new IllegalArgumentException("no queue " + queue);
    }
    var backEnd = new FakeBackEnd(queue, handler);
    opened.add(backEnd);
    return new BackEnds.Opened(backEnd, backEnd);
  }

  /** Notices what the gateway must never do: call what is closed, close it twice. */
  static final class FakeBackEnd implements UplinkHandler, AutoCloseable {
    final String queue;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    private final UplinkHandler handler;

    FakeBackEnd(String queue, UplinkHandler handler) {
      this.queue = queue;
      this.handler = handler;
    }

    @Override
    public CallResult handle(UplinkCall call) throws Exception {
      if (closed.get() > 0) {
        throw new IllegalStateException("called after it was closed");
      }
      calls.incrementAndGet();
      var result = handler.handle(call);
      if (closed.get() > 0) {
        throw new IllegalStateException("closed under a call");
      }
      return result;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** Puts the file there in one step. */
  UplinkNode write(String... lines) throws IOException {
    Path next = Files.writeString(file.resolveSibling("next"), String.join("\n", lines));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return this;
  }

  /** Puts the file there and has it taken over. */
  UplinkNode apply(String... lines) throws IOException {
    write(lines);
    RoutesStatus status = routes.reload();
    if (!status.ok()) {
      throw new IllegalStateException(status.problems().toString());
    }
    return this;
  }

  /** A client with a session; closed with the node. */
  TestClient login(String user, String device) throws IOException {
    TestClient client = TestClient.connect("127.0.0.1", port.address().getPort());
    client.hello(EngineHarness.token(user), device, Map.of());
    if (!client.receive().hasWelcome()) {
      throw new IllegalStateException("not welcome");
    }
    clients.add(client);
    return client;
  }

  static Frame request(long seq, String service, String payload, int deadlineMs) {
    return Frame.newBuilder()
        .setRequest(
            Request.newBuilder()
                .setSeq(seq)
                .setService(service)
                .setMethod(service.equals("echo") ? "echo" : "get")
                .setPayload(ByteString.copyFromUtf8(payload))
                .setDeadlineMs(deadlineMs))
        .build();
  }

  /** Calls and waits for the next answer, which must be to this call. */
  static Response call(TestClient client, long seq, String service, String payload, int deadlineMs)
      throws IOException {
    client.send(request(seq, service, payload, deadlineMs));
    Response answer = client.receive().getResponse();
    if (answer.getSeq() != seq) {
      throw new IllegalStateException("an answer to " + answer.getSeq() + ", not to " + seq);
    }
    return answer;
  }

  static Response call(TestClient client, long seq, String service) throws IOException {
    return call(client, seq, service, "", 0);
  }

  private ServiceState state(String service) {
    return Objects.requireNonNull(routes.service(service), "no such service");
  }

  ServiceState.Bounds bounds(String service) {
    return Objects.requireNonNull(state(service).bounds(), "it has none");
  }

  /** closed, half_open or open. */
  String circuit(String service) {
    return Objects.requireNonNull(state(service).circuit(), "it has none").state();
  }

  ServiceState.Counts counts(String service) {
    return state(service).counts();
  }

  @Override
  public void close() throws IOException {
    for (TestClient client : clients) {
      client.close();
    }
    routes.close();
    port.close();
    threads.shutdownNow();
    timer.stop();
  }
}
