package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.netty.channel.ChannelFuture;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Hello;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one connection: what may block first, elsewhere; then the socket. */
final class Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

  /** What an attempt needs and had to wait for. */
  record Prepared(Endpoint endpoint, InetSocketAddress address, String token) {}

  private final ClientOptions options;
  private final ClientThreads threads;

  Dialer(ClientOptions options, ClientThreads threads) {
    this.options = options;
    this.threads = threads;
  }

  /**
   * Asks for the token and the address on the callback executor, then goes on with one of the two
   * on the event loop.
   *
   * @throws java.util.concurrent.RejectedExecutionException the callback executor is shut down
   */
  void prepare(Endpoint endpoint, Consumer<Prepared> ready, Consumer<Closing> failed) {
    threads
        .callbacks()
        .execute(
            () -> {
              try {
                String token = options.token().get();
                InetAddress host = InetAddress.getByName(endpoint.host());
                InetSocketAddress address = new InetSocketAddress(host, endpoint.port());
                threads.onLoop(() -> ready.accept(new Prepared(endpoint, address, token)));
              } catch (UnknownHostException e) {
                fail(failed, "cannot reach " + endpoint + ": unknown host");
              } catch (RuntimeException e) {
                LOG.warn("The token supplier failed.", e);
                fail(failed, "there is no token: " + e);
              }
            });
  }

  private void fail(Consumer<Closing> failed, String why) {
    threads.onLoop(() -> failed.accept(Closing.noticed(CloseCode.CONNECTION_LOST, why)));
  }

  Connection connection(Prepared prepared, ByteString resumeToken, Connection.Owner owner) {
    ClientIdentity identity = options.identity();
    Hello hello =
        Hello.newBuilder()
            .setToken(prepared.token())
            .setClientName(identity.clientName())
            .setClientVersion(identity.clientVersion())
            .setDeviceId(identity.deviceId())
            .setPlatform(identity.platform())
            .putAllAttributes(identity.attributes())
            .setResumeToken(resumeToken)
            .build();
    return new Connection(prepared.endpoint(), hello, options, owner);
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
