package io.trunkline.client;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.protocol.WireLimits;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects options; a builder can build any number of clients. Not thread-safe. */
public final class ClientBuilder {
  private final List<URI> urls = new ArrayList<>();
  private Supplier<String> token = new FixedToken("");
  private String clientName = "trunkline-java";
  private String clientVersion = "0.1.0";
  private @Nullable String deviceId;
  private String platform = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private Timeouts timeouts = Timeouts.DEFAULT;
  private Backoff backoff = Backoff.DEFAULT;
  private int maxFrameBytes = WireLimits.DEFAULT_MAX_FRAME_BYTES;
  private int maxOutstandingCalls = ClientOptions.DEFAULT_MAX_OUTSTANDING_CALLS;
  private boolean autoAck = true;
  private boolean retryFirstConnect = true;
  private @Nullable PositionStore positionStore;
  private ClientListener listener = ClientListener.NONE;
  private @Nullable EventLoopGroup group;
  private Class<? extends SocketChannel> channelType = NioSocketChannel.class;
  private @Nullable Executor callbacks;

  ClientBuilder() {}

  /** Adds an address; the first is tried first. */
  public ClientBuilder url(String url) {
    return url(URI.create(url));
  }

  /** Adds an address; the first is tried first. */
  public ClientBuilder url(URI url) {
    urls.add(url);
    return this;
  }

  public ClientBuilder token(String fixed) {
    return token(new FixedToken(fixed));
  }

  /**
   * Asked anew for each attempt, on the callback executor; may block. All tokens are one user's.
   */
  public ClientBuilder token(Supplier<String> supplier) {
    this.token = supplier;
    return this;
  }

  public ClientBuilder clientName(String name) {
    this.clientName = name;
    return this;
  }

  public ClientBuilder clientVersion(String version) {
    this.clientVersion = version;
    return this;
  }

  /** Default: random for each client that is built. See {@link ClientIdentity#deviceId}. */
  public ClientBuilder deviceId(String id) {
    this.deviceId = id;
    return this;
  }

  public ClientBuilder platform(String name) {
    this.platform = name;
    return this;
  }

  public ClientBuilder attribute(String name, String value) {
    attributes.put(name, value);
    return this;
  }

  public ClientBuilder connectTimeout(Duration timeout) {
    timeouts = new Timeouts(timeout, timeouts.handshake(), timeouts.call());
    return this;
  }

  public ClientBuilder handshakeTimeout(Duration timeout) {
    timeouts = new Timeouts(timeouts.connect(), timeout, timeouts.call());
    return this;
  }

  public ClientBuilder callTimeout(Duration timeout) {
    timeouts = new Timeouts(timeouts.connect(), timeouts.handshake(), timeout);
    return this;
  }

  public ClientBuilder backoff(Backoff backoff) {
    this.backoff = backoff;
    return this;
  }

  public ClientBuilder maxFrameBytes(int bytes) {
    this.maxFrameBytes = bytes;
    return this;
  }

  public ClientBuilder maxOutstandingCalls(int calls) {
    this.maxOutstandingCalls = calls;
    return this;
  }

  /**
   * False: the application calls {@link Notification#ack} itself. Until it does, the position of
   * the message's stream stays before it, and each new connection brings again what comes after.
   */
  public ClientBuilder autoAck(boolean auto) {
    this.autoAck = auto;
    return this;
  }

  /** False: close when the very first attempt fails, for whatever reason. */
  public ClientBuilder retryFirstConnect(boolean retry) {
    this.retryFirstConnect = retry;
    return this;
  }

  /**
   * Keeps positions, the resume token and the ids of the last messages from start to start, under
   * the names of user and device: give {@link #deviceId} too. Default: they end with the client.
   */
  public ClientBuilder positionStore(PositionStore store) {
    this.positionStore = store;
    return this;
  }

  public ClientBuilder listener(ClientListener listener) {
    this.listener = listener;
    return this;
  }

  /**
   * An NIO group for the connections, shared with as many clients as wanted; its owner shuts it
   * down. Default: one for all clients of this process, with daemon threads.
   */
  public ClientBuilder eventLoopGroup(EventLoopGroup group) {
    return eventLoopGroup(group, NioSocketChannel.class);
  }

  /** As {@link #eventLoopGroup(EventLoopGroup)}, of another transport, for example epoll. */
  public ClientBuilder eventLoopGroup(
      EventLoopGroup group, Class<? extends SocketChannel> channelType) {
    this.group = group;
    this.channelType = channelType;
    return this;
  }

  /**
   * Runs listener calls, token suppliers and address look-ups. Default: a small pool for all
   * clients of this process, with daemon threads. {@code Runnable::run} puts them on the event
   * loop: the fastest, for a listener that never blocks.
   */
  public ClientBuilder callbackExecutor(Executor executor) {
    this.callbacks = executor;
    return this;
  }

  /** The options as a client built now would have them. */
  public ClientOptions options() {
    return new ClientOptions(
        urls,
        token,
        new ClientIdentity(
            clientName,
            clientVersion,
            deviceId == null ? UUID.randomUUID().toString() : deviceId,
            platform,
            attributes),
        timeouts,
        backoff,
        maxFrameBytes,
        maxOutstandingCalls,
        autoAck,
        retryFirstConnect,
        positionStore);
  }

  /**
   * @throws IllegalArgumentException says which option is wrong
   */
  public TrunklineClient build() {
    ClientThreads threads =
        new ClientThreads(
            (group == null ? SharedThreads.group() : group).next(),
            channelType,
            callbacks == null ? SharedThreads.callbacks() : callbacks);
    return new TrunklineClient(new Supervisor(options(), listener, threads));
  }
}
