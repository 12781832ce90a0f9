package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the client's state, on its event loop: at most one connection, and what comes after it. Its
 * package-private methods may be called from any thread.
 */
final class Supervisor implements Connection.Owner, Inbox.Outlet {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** A GoAway that is being followed. */
  private record Move(long atNs) {}

  private final ClientOptions options;
  private final ClientThreads threads;
  private final Inbox inbox;
  private final Route route;
  private final Dialer dialer;
  private final ReconnectPolicy policy;
  private final Announcer announcer;

  private volatile ClientState state = ClientState.NEW;
  private volatile @Nullable SessionInfo session;

  // From here on: event loop only.
  private @Nullable Connection connection;
  private @Nullable ChannelFuture dialing;
  private @Nullable Future<?> timer;
  private @Nullable Move move;
  private ByteString resumeToken = ByteString.EMPTY;
  private String token = "";
  private long connectedAtNs;

  Supervisor(ClientOptions options, ClientListener listener, ClientThreads threads) {
    this.options = options;
    this.threads = threads;
    SerialExecutor callbacks = new SerialExecutor(threads.callbacks());
    announcer = new Announcer(listener, callbacks, threads.callbacks());
    inbox = new Inbox(options.autoAck(), listener, callbacks, threads, this);
    route = new Route(options.urls());
    dialer = new Dialer(options, threads);
    policy =
        new ReconnectPolicy(
            options.backoff(),
            options.token() instanceof FixedToken,
            () -> ThreadLocalRandom.current().nextDouble());
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

  CompletableFuture<CallResult> call(Request.Builder request, Duration timeout) {
    long deadlineNs = System.nanoTime() + timeout.toNanos();
    CompletableFuture<CallResult> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        present -> present.call(request, deadlineNs, outcome),
        () -> outcome.complete(notConnected()));
    return outcome;
  }

  CompletableFuture<CallResult> callOneWay(Request.Builder request) {
    CompletableFuture<CallResult> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        present -> outcome.complete(present.callOneWay(request)),
        () -> outcome.complete(notConnected()));
    return outcome;
  }

  CompletableFuture<Duration> ping() {
    CompletableFuture<Duration> outcome = new OutcomeFuture<>(threads.callbacks());
    onConnection(
        present -> present.ping(outcome),
        () -> outcome.completeExceptionally(new IOException("not connected")));
    return outcome;
  }

  /** One of the two, once. */
  private void onConnection(Consumer<Connection> task, Runnable otherwise) {
    boolean accepted =
        threads.onLoop(
            () -> {
              if (connection != null && state == ClientState.CONNECTED) {
                task.accept(connection);
              } else {
                otherwise.run();
              }
            });
    if (!accepted) {
      otherwise.run();
    }
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
            connection.bye();
          } else if (connection != null && dialing != null) {
            dialing.channel().close();
          } else {
            announcer.finished(byThisSide());
          }
        });
  }

  private CallResult notConnected() {
    return CallResult.local(Status.UNAVAILABLE, "not connected");
  }

  private static Closing byThisSide() {
    return Closing.noticed(CloseCode.CLIENT_BYE, "closed by this side");
  }

  private void attempt() {
    become(ClientState.CONNECTING);
    Endpoint endpoint = route.take();
    try {
      dialer.prepare(endpoint, this::dial, this::lost);
    } catch (RejectedExecutionException e) {
      stop(Closing.noticed(CloseCode.INTERNAL_ERROR, "the callback executor is shut down"));
    }
  }

  private void dial(Dialer.Prepared prepared) {
    if (state != ClientState.CONNECTING) {
      return;
    }
    if (policy.isRefused(prepared.token())) {
      stop(Closing.noticed(CloseCode.TOKEN_INVALID, "the token was refused before"));
      return;
    }
    token = prepared.token();
    Connection candidate = dialer.connection(prepared, resumeToken, this);
    connection = candidate;
    dialing = dialer.dial(prepared, candidate, failure -> closed(candidate, failure));
  }

  @Override
  public void welcomed(Connection from, Welcome welcome) {
    if (from != connection || state != ClientState.CONNECTING) {
      return;
    }
    become(ClientState.CONNECTED);
    connectedAtNs = System.nanoTime();
    resumeToken = welcome.getResumeToken();
    SessionInfo info = SessionInfo.of(welcome);
    session = info;
    if (inbox.paused()) {
      from.reading(false);
    }
    announcer.welcomed(info);
  }

  @Override
  public void notified(Notify notify) {
    if (state == ClientState.CONNECTED) {
      inbox.take(notify);
    }
  }

  @Override
  public void goAway(Connection from, GoAway goAway) {
    if (from != connection || state != ClientState.CONNECTED || move != null) {
      return;
    }
    long delayMs =
        Integer.toUnsignedLong(goAway.getReconnectAfterMs())
            + policy.jitterMs(Integer.toUnsignedLong(goAway.getJitterMs()));
    followTo(goAway.getAddress());
    move = new Move(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMs));
    Closing why = new Closing(goAway.getCodeValue(), goAway.getReason(), 0, true);
    schedule(() -> from.leaveAfterCalls(why), delayMs);
    announcer.goAway(goAway.getReason(), Duration.ofMillis(delayMs));
  }

  private void followTo(String address) {
    route.elsewhere();
    if (!address.isEmpty()) {
      try {
        route.once(address);
      } catch (IllegalArgumentException e) {
        LOG.warn("The gateway named no usable address to go to: {}", e.getMessage());
      }
    }
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
      announcer.finished(byThisSide());
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
      resumeToken = ByteString.EMPTY;
    }
    boolean firstFailed = state == ClientState.CONNECTING && !announcer.firstWelcome().isDone();
    ReconnectPolicy.Decision decision =
        firstFailed && !options.retryFirstConnect()
            ? ReconnectPolicy.Decision.STOP
            : policy.after(closing, token, connectedMs());
    if (!decision.again()) {
      stop(closing);
      return;
    }
    long delayMs = decision.delayMs();
    Move following = move;
    move = null;
    if (following != null) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(following.atNs() - System.nanoTime());
      delayMs = Math.max(0, leftMs);
    } else if (decision.elsewhere()) {
      route.elsewhere();
    }
    boolean wasConnected = state == ClientState.CONNECTED;
    become(ClientState.WAITING);
    schedule(this::attempt, delayMs);
    announcer.ended(wasConnected, closing.disconnect(true));
  }

  private long connectedMs() {
    return state == ClientState.CONNECTED
        ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectedAtNs))
        : 0;
  }

  private void stop(Closing closing) {
    boolean wasConnected = state == ClientState.CONNECTED;
    become(ClientState.CLOSED);
    announcer.ended(wasConnected, closing.disconnect(false));
    announcer.finished(closing);
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
  public void send(Ack ack) {
    if (connection != null && state == ClientState.CONNECTED) {
      connection.ack(ack);
    }
  }

  @Override
  public void reading(boolean on) {
    if (connection != null) {
      connection.reading(on);
    }
  }
}
