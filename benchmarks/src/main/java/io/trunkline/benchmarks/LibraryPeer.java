package io.trunkline.benchmarks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Trunkline's own client library: what its users have, in place of the lean load generator. */
final class LibraryPeer implements LocalLoad.ClosablePeer {
  private static final int THREADS = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(THREADS, Wire.io());
  private final List<TrunklineClient> clients = new ArrayList<>();
  private final List<String> tokens;

  /**
   * @param tokens one a connection
   */
  LibraryPeer(List<String> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  @Override
  public Line connect(int port) throws Exception {
    TrunklineClient client =
        TrunklineClient.builder()
            .url("tcp://127.0.0.1:" + port)
            .token(tokens.get(clients.size()))
            .deviceId("bench")
            .eventLoopGroup(
                group, Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .callbackExecutor(Runnable::run)
            .build();
    clients.add(client);
    client.connect().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    return (payload, answer) -> {
      var _ =
          client
              .call("echo", "echo", payload, "", TIMEOUT)
              .thenAccept(
                  result -> {
                    if (result.ok()) {
                      answer.answered(result.payload().toByteArray());
                    } else {
                      answer.failed(failure(result));
                    }
                  });
    };
  }

  private static Throwable failure(CallResult result) {
    return new BenchmarkException(result.status() + " " + result.message());
  }

  @Override
  public void close() {
    clients.forEach(TrunklineClient::close);
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
