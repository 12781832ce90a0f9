package io.trunkline.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The floor: the least that a Netty server must do for the same bytes on the wire. No sessions, no
 * tokens, no broker. A line on standard input with a number sends so many messages to every
 * connection, joined in one shared buffer; frames from clients go back as they came, flushed once a
 * read. Ends with its standard input.
 */
final class BareServer {
  private final IdentityHashMap<EventLoop, List<Channel>> channels = new IdentityHashMap<>();
  private final ByteBuf message = Wire.notification();

  private BareServer() {}

  public static void main(String[] args) throws IOException {
    new BareServer().serve();
  }

  private void serve() throws IOException {
    var group =
        new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(), Wire.io());
    for (EventExecutor loop : group) {
      channels.put((EventLoop) loop, new ArrayList<>());
    }
    Class<? extends ServerChannel> type =
        Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    Channel listening =
        new ServerBootstrap()
            .group(group)
            .channel(type)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Echo());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    System.out.println(((InetSocketAddress) listening.localAddress()).getPort());
    System.out.println("ready");
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      broadcast(Integer.parseInt(line));
    }
    System.exit(0);
  }

  private void broadcast(int messages) {
    ByteBuf joined = Unpooled.directBuffer(messages * message.readableBytes());
    for (int i = 0; i < messages; i++) {
      joined.writeBytes(message.duplicate());
    }
    joined.retain(channels.size() - 1);
    channels.forEach(
        (loop, open) ->
            loop.execute(
                () -> {
                  for (Channel channel : open) {
                    channel.writeAndFlush(joined.retainedDuplicate(), channel.voidPromise());
                  }
                  joined.release();
                }));
  }

  private List<Channel> ofLoop(ChannelHandlerContext context) {
    return java.util.Objects.requireNonNull(channels.get(context.channel().eventLoop()), "loop");
  }

  private final class Echo extends FrameReader {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      ofLoop(context).add(context.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
      ofLoop(context).remove(context.channel());
      super.channelInactive(context);
    }

    @Override
    void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
      int prefix = start - in.readerIndex();
      context.write(in.retainedSlice(start - prefix, prefix + length), context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      super.channelReadComplete(context);
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
