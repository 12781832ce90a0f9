package io.trunkline.client;

import io.netty.channel.ChannelFuture;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Hello;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one connection: what may block first, elsewhere; then the socket. */
final class Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

  /**
   * What an attempt needs and had to wait for.
   *
   * @param client under which name its state is kept
   * @param saved the state, if it was asked for
   */
  record Prepared(
      Endpoint endpoint,
      InetSocketAddress address,
      String token,
      String client,
      @Nullable SavedState saved) {}

  /** What comes of the preparation: one of these, on the event loop. */
  interface Outcome {
    void ready(Prepared prepared);

    void failed(Closing why);

    /** Trying again is no use. */
    void hopeless(Closing why);
  }

  private final ClientOptions options;
  private final ClientThreads threads;
  private final TokenSource tokens;

  Dialer(ClientOptions options, ClientThreads threads, TokenSource tokens) {
    this.options = options;
    this.threads = threads;
    this.tokens = tokens;
  }

  /**
   * Asks for the token, the address and the saved state on the callback executor.
   *
   * @param load whether the saved state is wanted
   * @throws java.util.concurrent.RejectedExecutionException the callback executor is shut down
   */
  void prepare(Endpoint endpoint, boolean load, Outcome outcome) {
    threads
        .callbacks()
        .execute(
            () -> {
              try {
                Prepared prepared = prepare(endpoint, load);
                threads.onLoop(() -> outcome.ready(prepared));
              } catch (UnknownHostException e) {
                fail(outcome, "cannot reach " + endpoint + ": unknown host");
              } catch (IOException e) {
                Closing why =
                    Closing.noticed(CloseCode.INTERNAL_ERROR, String.valueOf(e.getMessage()));
                threads.onLoop(() -> outcome.hopeless(why));
              } catch (RuntimeException e) {
                LOG.warn("The token supplier failed.", e);
                fail(outcome, "there is no token: " + e);
              }
            });
  }

  private Prepared prepare(Endpoint endpoint, boolean load) throws IOException {
    String token = tokens.get();
    InetAddress host = InetAddress.getByName(endpoint.host());
    String client = ClientName.of(token, options.identity().deviceId());
    PositionStore store = options.positionStore();
    // Last: what is loaded is in this client's possession.
    SavedState saved = load && store != null ? store.load(client) : null;
    return new Prepared(
        endpoint, new InetSocketAddress(host, endpoint.port()), token, client, saved);
  }

  private void fail(Outcome outcome, String why) {
    threads.onLoop(() -> outcome.failed(Closing.noticed(CloseCode.CONNECTION_LOST, why)));
  }

  /** Event loop only. */
  Hello.Builder hello(String token) {
    ClientIdentity identity = options.identity();
    return Hello.newBuilder()
        .setToken(token)
        .setClientName(identity.clientName())
        .setClientVersion(identity.clientVersion())
        .setDeviceId(identity.deviceId())
        .setPlatform(identity.platform())
        .setFollowsAddress(true)
        .putAllAttributes(identity.attributes());
  }

  /**
   * Event loop only.
   *
   * @param failed called when no TCP connection could be had
   */
  ChannelFuture dial(Prepared prepared, Connection connection, Consumer<Closing> failed) {
    return Transport.connect(threads, options, prepared.endpoint(), prepared.address(), connection)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                LoopTicker.add(threads.loop(), connection);
              } else {
                failed.accept(Failures.unreachable(prepared.endpoint(), done.cause()));
              }
            });
  }
}
