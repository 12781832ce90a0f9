package io.trunkline.gateway.session;

import com.google.protobuf.ByteString;
import io.netty.channel.ChannelHandler;
import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.auth.AuthConfig;
import io.trunkline.gateway.auth.DevelopmentKey;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.persistence.BanStore;
import io.trunkline.persistence.ClosedSession;
import io.trunkline.persistence.SessionClose;
import io.trunkline.persistence.SessionDetach;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionResumption;
import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.persistence.SessionStart;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Refresh;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Unsubscribe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine from bytes to sessions, on embedded channels; what would go to the database is kept.
 */
public final class EngineHarness {
  record Clients(ClientsConfig clients) {}

  private static final Path KEYS = newKeys();

  public final List<SessionStart> started = new ArrayList<>();
  public final List<SessionDetach> detached = new ArrayList<>();
  public final List<SessionEnd> ended = new ArrayList<>();

  /** What the database answers to clients that show a resume token, the first to the first. */
  final Queue<Outcome> outcomes = new ArrayDeque<>();

  /** Happens while the database decides on resumes. */
  Runnable whileResuming = () -> {};

  final List<SessionResumption.Request> resumeRequests = new ArrayList<>();
  final List<ClosedSession> closed = new ArrayList<>();
  final List<UUID> moved = new ArrayList<>();
  public final List<Ack> strayAcks = new ArrayList<>();
  public final SessionRegistry registry = new SessionRegistry();
  public boolean accepting = true;

  /** Runs what a handshake's worker does; at once unless a test holds it back. */
  Consumer<Runnable> work = Runnable::run;

  private final List<BanStore.Ban> banned = new ArrayList<>();
  private final Bans bans = new Bans(new KeptBans(), Clock.systemUTC());

  /** The clients' section. */
  public final ClientsConfig config;

  private final Handshakes handshakes;
  private final Welcomer welcomer;
  private @Nullable Uplink uplink;

  public EngineHarness() {
    this(Duration.ofMinutes(2));
  }

  /** With this grace time for sessions. */
  EngineHarness(Duration grace) {
    this(grace, List.of());
  }

  /** With settings of the clients' section. */
  public EngineHarness(Map<String, String> settings) {
    this(Duration.ofMinutes(2), List.of(), settings);
  }

  /** With listeners, too. */
  EngineHarness(Duration grace, List<SessionListener> listeners) {
    this(grace, listeners, Map.of());
  }

  private EngineHarness(
      Duration grace, List<SessionListener> listeners, Map<String, String> settings) {
    var configuration = new Configuration();
    settings.forEach((key, value) -> configuration.set("clients." + key, value, "test"));
    config = configuration.bind(Clients.class).clients();
    var verifier =
        new TokenVerifier(
            new AuthConfig(
                Optional.of(DevelopmentKey.publicKey(KEYS)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(5)),
            Clock.systemUTC());
    var journal = new KeptJournal();
    var sessionsConfig = new SessionsConfig(grace, Duration.ofSeconds(30), 8);
    var sessions =
        new Sessions(
            new Sessions.Home("gw-test", sessionsConfig),
            registry,
            journal,
            listeners,
            Clock.systemUTC());
    var resumes =
        new Resumes(
            sessionsConfig, new ScriptedResumption(), journal, new KeptNews(), Runnable::run);
    handshakes =
        new Handshakes(
            verifier,
            bans,
            journal,
            new Attaches(
                "gw-test", resumes, SessionStreams.Opener.NONE, Placement.HERE, Clock.systemUTC()),
            task -> work.accept(task),
            config);
    welcomer = new Welcomer("gw-test", config, sessions, new Frames(), Clock.systemUTC());
  }

  public void serve(Uplink newUplink) {
    uplink = newUplink;
  }

  void ban(String user, String device, Instant until) {
    bans.add(new BanStore.Ban(user, Optional.of(device), until, "test"));
  }

  /** Takes the first frames of a connection; for a port of the test's own. */
  public ChannelHandler barrier(Connection connection) {
    return new HandshakeBarrier(connection, handshakes, welcomer);
  }

  /** A connection that has said nothing. */
  public EmbeddedClient connect() {
    return new EmbeddedClient(this::barrier);
  }

  /** The same from an address of a proxy that is trusted. */
  EmbeddedClient connectFromProxy() {
    return EmbeddedClient.fromProxy(this::barrier);
  }

  /** Clients turned away so far. */
  long refused() {
    return handshakes.refused();
  }

  long deferred() {
    return handshakes.deferred();
  }

  /** A client with a session; Welcome has been read. */
  public EmbeddedClient welcomed(String user, String device) {
    EmbeddedClient client = connect();
    client.send(hello(token(user), device));
    client.received();
    return client;
  }

  public static String token(String user) {
    return token(user, Duration.ofHours(1));
  }

  static String token(String user, Duration ttl) {
    try {
      return DevelopmentKey.read(KEYS).sign(user, Optional.empty(), Map.of("region", "east"), ttl);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Frame hello(String token, String device) {
    return Frame.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setToken(token)
                .setDeviceId(device)
                .setClientName("test")
                .putAttributes("region", "claimed")
                .putAttributes("shop", "7"))
        .build();
  }

  /** With the resume token of a Welcome. */
  static Frame hello(String token, String device, ByteString resumeToken) {
    Hello hello = hello(token, device).getHello();
    return Frame.newBuilder().setHello(hello.toBuilder().setResumeToken(resumeToken)).build();
  }

  private static Path newKeys() {
    try {
      Path folder = Files.createTempDirectory("keys");
      DevelopmentKey.create(folder);
      return folder;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class ScriptedResumption implements SessionResumption {
    @Override
    public List<Outcome> resume(
        List<SessionResumption.Request> requests, Duration overlap, SessionClose reused) {
      resumeRequests.addAll(requests);
      whileResuming.run();
      return requests.stream()
          .map(
              request ->
                  Objects.requireNonNullElse(
                      outcomes.poll(), new Outcome.NotResumed(Outcome.Why.OVER)))
          .toList();
    }

    @Override
    public int undo(List<SessionResumption.Request> requests, Duration grace, SessionClose lost) {
      return 0;
    }

    @Override
    public List<ClosedSession> closeOverdue() {
      return List.of();
    }

    @Override
    public List<ClosedSession> detachOfDeadNodes(Duration grace) {
      return List.of();
    }

    @Override
    public List<UUID> notHeldBy(String node, Map<UUID, Integer> epochs) {
      return List.of();
    }

    @Override
    public Optional<ClosedSession> closeDetached(UUID id, SessionClose close) {
      return Optional.empty();
    }
  }

  private final class KeptNews implements SessionNews {
    @Override
    public void resumed(SessionResumption.Request request) {}

    @Override
    public void moved(UUID session, int epoch) {
      moved.add(session);
    }

    @Override
    public void closed(List<ClosedSession> sessions) {
      closed.addAll(sessions);
    }

    @Override
    public void detachedOnDeadNodes(List<ClosedSession> sessions) {}
  }

  private final class KeptJournal implements SessionJournal {
    @Override
    public void started(SessionStart start) {
      started.add(start);
    }

    @Override
    public void detached(SessionDetach detach) {
      detached.add(detach);
    }

    @Override
    public CompletableFuture<Void> settled(UUID id) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void ended(SessionEnd end) {
      ended.add(end);
    }

    @Override
    public boolean accepting() {
      return accepting;
    }

    @Override
    public int backlog() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private final class KeptBans implements BanStore {
    @Override
    public void add(Ban ban) {
      banned.add(ban);
    }

    @Override
    public List<Ban> active(int limit) {
      return banned;
    }
  }

  private final class Frames implements SessionFrames {
    @Override
    public Requests requests(Session session) {
      return uplink == null ? request -> {} : uplink.requests(session);
    }

    @Override
    public void strayAck(Session session, Ack ack) {
      strayAcks.add(ack);
    }

    @Override
    public void refresh(Session session, Refresh refresh) {}

    @Override
    public void subscribe(Session session, Subscribe subscribe) {}

    @Override
    public void unsubscribe(Session session, Unsubscribe unsubscribe) {}
  }
}
