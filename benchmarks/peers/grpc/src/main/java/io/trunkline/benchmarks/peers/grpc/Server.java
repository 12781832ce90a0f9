package io.trunkline.benchmarks.peers.grpc;

import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.stub.ServerCalls;
import io.trunkline.benchmarks.calls.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Answers with the bytes it was sent. */
final class Server {
  private Server() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Threads threads = Threads.of(args);
    boolean epoll = Epoll.isAvailable();
    var io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .channelType(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .bossEventLoopGroup(new MultiThreadIoEventLoopGroup(1, io))
            .workerEventLoopGroup(new MultiThreadIoEventLoopGroup(Threads.EVENT_LOOPS, io))
            .addService(
                ServerServiceDefinition.builder(Echo.SERVICE)
                    .addMethod(
                        Echo.METHOD,
                        ServerCalls.asyncUnaryCall(
                            (request, observer) -> {
                              observer.onNext(request);
                              observer.onCompleted();
                            }))
                    .build());
    if (threads == Threads.LOOP) {
      builder.directExecutor();
    }
    io.grpc.Server server = builder.build().start();
    Threads.ready(server.getPort());
    server.awaitTermination();
  }
}
