package io.trunkline.client;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.typed.ServiceBinding;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects options; a builder can build any number of clients. Not thread-safe. */
public final class ClientBuilder {
  private static final Pattern SERVICE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

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
  private @Nullable URI assign;
  private ClientListener listener = ClientListener.NONE;
  private @Nullable EventLoopGroup group;
  private Class<? extends SocketChannel> channelType = NioSocketChannel.class;
  private @Nullable Executor callbacks;
  private final Map<String, Map<String, CallHandler<ServerCall>>> services = new LinkedHashMap<>();
  private ServeLimits serveLimits = ServeLimits.DEFAULT;
  private Executor serviceExecutor = task -> SharedThreads.services().execute(task);

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

  /**
   * Asks there where to connect, with the client's token, before it connects: {@code
   * http://host:port} of a management API, or the whole address of another that answers alike, for
   * example with {@code ?by=user}. The answer is kept as long as it says. When nobody answers
   * within the time-out for connecting, the client goes on with the last answer and then with the
   * {@link #url}s, if it has any.
   */
  public ClientBuilder assign(String url) {
    return assign(URI.create(url));
  }

  /** As {@link #assign(String)}. */
  public ClientBuilder assign(URI url) {
    this.assign = url;
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

  /**
   * Offers the gateway a service: a system behind it can call this one client. A call is answered
   * once, in its deadline; when the connection goes away it is cancelled. What the handler itself
   * calls meanwhile has no more time than the call has left. What is not offered is {@code
   * NOT_FOUND}.
   *
   * @param service 1 to 64 letters, digits, {@code _} and {@code -}
   * @param methods by their names; called by many threads at a time, see {@link #serveLimits}
   * @throws IllegalArgumentException if the name is none, or was given before
   */
  public ClientBuilder serve(String service, Map<String, CallHandler<ServerCall>> methods) {
    if (!SERVICE_NAME.matcher(service).matches()) {
      throw new IllegalArgumentException(
          "a service's name has 1 to 64 letters, digits, _ and -, not '" + service + "'");
    }
    if (services.putIfAbsent(service, Map.copyOf(methods)) != null) {
      throw new IllegalArgumentException("service '" + service + "' is offered already");
    }
    return this;
  }

  /**
   * Offers the gateway a service by its Java interface: as {@link #serve(String, Map)}. {@link
   * ServerCall} tells an implementation about the call, by {@link
   * io.trunkline.invocation.typed.CurrentCall}.
   *
   * @param implementation called by many threads at a time
   * @throws IllegalArgumentException if the interface cannot be a service, or its name was given
   *     before; the message says why
   */
  public <T> ClientBuilder serve(Class<T> type, T implementation) {
    ServiceBinding binding = ServiceBinding.of(type, implementation, PayloadCodecs.standard());
    Map<String, CallHandler<ServerCall>> methods = new LinkedHashMap<>();
    binding.methods().forEach((name, handler) -> methods.put(name, handler::handle));
    return serve(binding.name(), methods);
  }

  /** For each service that is offered. Default: 8 calls at a time, 64 waiting. */
  public ClientBuilder serveLimits(ServeLimits limits) {
    this.serveLimits = limits;
    return this;
  }

  /**
   * Runs the services' methods. Must not run them on the calling thread, which is the event loop.
   * Default: threads of their own, made when needed, daemon ones, for all clients of this process,
   * so that a slow method delays no notification.
   */
  public ClientBuilder serviceExecutor(Executor executor) {
    this.serviceExecutor = executor;
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
        positionStore,
        assign);
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
    var offered = new OfferedServices(services, serveLimits, serviceExecutor);
    return new TrunklineClient(new Supervisor(options(), listener, threads, offered));
  }
}
