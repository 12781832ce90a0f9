package io.trunkline.client;

import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;
import io.trunkline.protocol.CloseAction;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Owns the client's state, on its event loop: at most one connection, and what comes after it. Its
 * package-private methods may be called from any thread.
 */
final class Supervisor implements Connection.Owner, Dialer.Outcome, Downlink.Link {
  private final ClientOptions options;
  private final ClientThreads threads;
  private final OfferedServices services;
  private final Uplink uplink;
  private final Downlink downlink;
  private final Route route;
  private final Departure departure;
  private final Dialer dialer;
  private final @Nullable Assigner assigner;
  private final ReconnectPolicy policy;
  private final Announcer announcer;

  private volatile ClientState state = ClientState.NEW;
  private volatile @Nullable SessionInfo session;

  // From here on: event loop only.
  private @Nullable Connection connection;
  private @Nullable ChannelFuture dialing;
  private @Nullable Future<?> timer;
  private String token = "";
  private long connectedAtNs;

  Supervisor(
      ClientOptions options,
      ClientListener listener,
      ClientThreads threads,
      OfferedServices services) {
    this.options = options;
    this.threads = threads;
    this.services = services;
    announcer =
        new Announcer(listener, new SerialExecutor(threads.callbacks()), threads.callbacks());
    TokenSource tokens = new TokenSource(options.token());
    uplink = new Uplink(threads, tokens, this::exchanges, options.maxOutstandingCalls());
    downlink = new Downlink(options, threads, announcer, this);
    assigner =
        options.assign() == null
            ? null
            : new Assigner(options.assign(), threads, tokens, options.timeouts().connect());
    route = new Route(options.urls(), assigner != null);
    departure = new Departure(route);
    dialer = new Dialer(options, threads, tokens);
    policy =
        new ReconnectPolicy(
            options.backoff(), tokens.isFixed(), () -> ThreadLocalRandom.current().nextDouble());
  }

  ClientOptions options() {
    return options;
  }

  ClientState state() {
    return state;
  }

  Optional<SessionInfo> session() {
    return Optional.ofNullable(session);
  }

  Uplink uplink() {
    return uplink;
  }

  Downlink downlink() {
    return downlink;
  }

  CompletableFuture<Disconnect> closed() {
    return announcer.closed();
  }

  CompletableFuture<SessionInfo> connect() {
    boolean accepted =
        threads.onLoop(
            () -> {
              if (state == ClientState.NEW) {
                attempt();
              }
            });
    if (!accepted) {
      announcer.finished(
          Closing.noticed(CloseCode.INTERNAL_ERROR, "the event loop group is shut down"));
    }
    return announcer.firstWelcome();
  }

  void close() {
    threads.onLoop(
        () -> {
          if (state == ClientState.CLOSED) {
            return;
          }
          boolean connected = state == ClientState.CONNECTED;
          become(ClientState.CLOSED);
          cancelTimer();
          if (connected && connection != null) {
            downlink.memory().dropToken();
            connection.bye();
          } else if (connection != null && dialing != null) {
            dialing.channel().close();
          } else {
            finish(Closing.byThisSide());
          }
        });
  }

  private void attempt() {
    become(ClientState.CONNECTING);
    try {
      if (assigner != null && route.wantsAssignment()) {
        assigner.ask(this::assigned);
      } else {
        dial("there is no address");
      }
    } catch (RejectedExecutionException e) {
      stop(Closing.noticed(CloseCode.INTERNAL_ERROR, "the callback executor is shut down"));
    }
  }

  private void assigned(Assigner.Answer answer) {
    if (state != ClientState.CONNECTING) {
      return;
    }
    if (!answer.addresses().isEmpty()) {
      route.assigned(answer.addresses(), answer.keep());
    }
    try {
      dial(assigner + " does not tell where to connect: " + answer.failure());
    } catch (RejectedExecutionException e) {
      stop(Closing.noticed(CloseCode.INTERNAL_ERROR, "the callback executor is shut down"));
    }
  }

  private void dial(String otherwise) {
    Endpoint endpoint = route.take();
    if (endpoint == null) {
      lost(Closing.noticed(CloseCode.CONNECTION_LOST, otherwise));
    } else {
      dialer.prepare(endpoint, downlink.memory().name() == null, this);
    }
  }

  @Override
  public void ready(Dialer.Prepared prepared) {
    boolean open = state == ClientState.CONNECTING;
    boolean same = downlink.memory().open(prepared, open);
    if (!open) {
      return;
    }
    if (!same) {
      stop(Closing.noticed(CloseCode.TOKEN_INVALID, "the new token is of another user"));
      return;
    }
    if (policy.isRefused(prepared.token())) {
      stop(Closing.noticed(CloseCode.TOKEN_INVALID, "the token was refused before"));
      return;
    }
    token = prepared.token();
    Hello.Builder hello = dialer.hello(token).setRedirected(route.redirected());
    downlink.fill(hello);
    Connection candidate =
        new Connection(
            prepared.endpoint(),
            hello.build(),
            options,
            this,
            line -> new Exchanges(line, options, threads, services));
    connection = candidate;
    dialing = dialer.dial(prepared, candidate, failure -> closed(candidate, failure));
  }

  @Override
  public void failed(Closing why) {
    lost(why);
  }

  @Override
  public void hopeless(Closing why) {
    if (state == ClientState.CONNECTING) {
      stop(why);
    }
  }

  @Override
  public void welcomed(Connection from, Welcome welcome) {
    if (from != connection || state != ClientState.CONNECTING) {
      return;
    }
    become(ClientState.CONNECTED);
    connectedAtNs = System.nanoTime();
    session = SessionInfo.of(welcome);
    route.welcomed();
    downlink.welcomed(welcome);
  }

  @Override
  public void notified(Notify notify) {
    if (state == ClientState.CONNECTED) {
      downlink.notified(notify);
    }
  }

  @Override
  public void streamStarted(StreamStart start) {
    if (state == ClientState.CONNECTED) {
      downlink.gap(start);
    }
  }

  @Override
  public void goAway(Connection from, GoAway goAway) {
    if (from != connection || state != ClientState.CONNECTED || departure.underWay()) {
      return;
    }
    long jitterMs = policy.jitterMs(Integer.toUnsignedLong(goAway.getJitterMs()));
    long delayMs = departure.begin(goAway, jitterMs);
    Closing why = new Closing(goAway.getCodeValue(), goAway.getReason(), 0, true);
    schedule(() -> from.leaveAfterCalls(why), delayMs);
    announcer.goAway(goAway.getReason(), Duration.ofMillis(delayMs));
  }

  @Override
  public void closed(Connection from, Closing closing) {
    if (from != connection) {
      return;
    }
    connection = null;
    dialing = null;
    cancelTimer();
    if (state == ClientState.CLOSED) {
      finish(Closing.byThisSide());
    } else {
      lost(closing);
    }
  }

  /** A connection that was there, or an attempt. */
  private void lost(Closing closing) {
    if (state != ClientState.CONNECTED && state != ClientState.CONNECTING) {
      return;
    }
    if (closing.code() == CloseCode.RESUME_TOKEN_REUSED.getNumber()) {
      downlink.memory().dropToken();
    }
    boolean firstFailed = state == ClientState.CONNECTING && !announcer.firstWelcome().isDone();
    // The first of the addresses that it was sent to since its last Welcome is no failure.
    boolean sent = state == ClientState.CONNECTING && !route.followed() && follows(closing);
    ReconnectPolicy.Decision decision = policy.after(closing, token, connectedMs());
    if (!decision.again()
        || (firstFailed && !options.retryFirstConnect() && !sent && !route.untried())) {
      stop(closing);
      return;
    }
    Long leaving = departure.end();
    if (leaving == null && decision.elsewhere()) {
      route.elsewhere();
    }
    if (!closing.address().isEmpty()) {
      departure.follow(closing.address());
    }
    long delayMs = sent ? closing.retryAfterMs() : decision.delayMs();
    boolean wasConnected = state == ClientState.CONNECTED;
    become(ClientState.WAITING);
    schedule(this::attempt, leaving == null ? delayMs : leaving);
    announcer.ended(wasConnected, closing.disconnect(true));
  }

  private static boolean follows(Closing closing) {
    return !closing.address().isEmpty() && closing.action() == CloseAction.RECONNECT_ELSEWHERE;
  }

  private long connectedMs() {
    return state == ClientState.CONNECTED
        ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectedAtNs))
        : 0;
  }

  private void stop(Closing closing) {
    boolean wasConnected = state == ClientState.CONNECTED;
    become(ClientState.CLOSED);
    if (closing.endsSession()) {
      downlink.memory().dropToken();
    }
    announcer.ended(wasConnected, closing.disconnect(false));
    finish(closing);
  }

  private void finish(Closing closing) {
    downlink.end(() -> announcer.finished(closing));
  }

  private void become(ClientState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " does not become " + next);
    }
    state = next;
    if (next != ClientState.CONNECTED) {
      session = null;
    }
  }

  private void schedule(Runnable task, long delayMs) {
    cancelTimer();
    timer = threads.loop().schedule(task, delayMs, TimeUnit.MILLISECONDS);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  @Override
  public @Nullable Exchanges exchanges() {
    return connection != null && state == ClientState.CONNECTED ? connection.exchanges() : null;
  }

  @Override
  public void reading(boolean on) {
    if (connection != null) {
      connection.reading(on);
    }
  }
}
