package io.trunkline.benchmarks.peers.grpc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.trunkline.benchmarks.calls.LoadProgram;
import io.trunkline.benchmarks.calls.Peer;
import io.trunkline.benchmarks.calls.Threads;

/** Calls by asynchronous stubs, each on a channel, and so a connection, of its own. */
final class Load implements Peer {
  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          Threads.EVENT_LOOPS, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

  private Load() {}

  public static void main(String[] args) throws Exception {
    LoadProgram.run(new Load(), args);
  }

  @Override
  public Line connect(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .directExecutor()
            .channelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .eventLoopGroup(group)
            .build();
    return (payload, answer) ->
        ClientCalls.asyncUnaryCall(
            channel.newCall(Echo.METHOD, CallOptions.DEFAULT), payload, new Observer(answer));
  }

  private record Observer(Answer answer) implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] payload) {
      answer.answered(payload);
    }

    @Override
    public void onError(Throwable why) {
      answer.failed(why);
    }

    @Override
    public void onCompleted() {
      // The answer was all.
    }
  }
}
