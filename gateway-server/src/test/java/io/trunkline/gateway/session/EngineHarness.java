package io.trunkline.gateway.session;

import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.auth.AuthConfig;
import io.trunkline.gateway.auth.DevelopmentKey;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.persistence.BanStore;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionStart;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Refresh;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Unsubscribe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The engine from bytes to sessions, on embedded channels; what would go to the database is kept.
 */
public final class EngineHarness {
  record Clients(ClientsConfig clients) {}

  private static final Path KEYS = newKeys();

  public final List<SessionStart> started = new ArrayList<>();
  public final List<SessionEnd> ended = new ArrayList<>();
  public final List<Ack> strayAcks = new ArrayList<>();
  public final SessionRegistry registry = new SessionRegistry();
  public boolean accepting = true;
  private final List<BanStore.Ban> banned = new ArrayList<>();
  private final Bans bans = new Bans(new KeptBans(), Clock.systemUTC());
  private final Handshakes handshakes;
  private final Welcomer welcomer;
  private @Nullable Uplink uplink;

  public EngineHarness() {
    ClientsConfig config = new Configuration().bind(Clients.class).clients();
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
    var sessions = new Sessions("gw-test", registry, journal, List.of(), Clock.systemUTC());
    handshakes =
        new Handshakes(verifier, bans, journal, SessionStreams.Opener.NONE, Runnable::run, 10);
    welcomer = new Welcomer("gw-test", config, sessions, new Frames(), Clock.systemUTC());
  }

  public void serve(Uplink newUplink) {
    uplink = newUplink;
  }

  void ban(String user, String device, Instant until) {
    bans.add(new BanStore.Ban(user, Optional.of(device), until, "test"));
  }

  /** A connection that has said nothing. */
  public EmbeddedClient connect() {
    return new EmbeddedClient(connection -> new HandshakeBarrier(connection, handshakes, welcomer));
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

  private static Path newKeys() {
    try {
      Path folder = Files.createTempDirectory("keys");
      DevelopmentKey.create(folder);
      return folder;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class KeptJournal implements SessionJournal {
    @Override
    public void started(SessionStart start) {
      started.add(start);
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
    public void request(Session session, Request request) {
      if (uplink != null) {
        uplink.dispatch(session, request);
      }
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
