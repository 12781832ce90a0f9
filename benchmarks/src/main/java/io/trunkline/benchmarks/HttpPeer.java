package io.trunkline.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keep-alive connections that POST by HTTP/1.1, one request at a time and no pipelining. It reads
 * no more of an answer than its status, its length and its body.
 */
final class HttpPeer implements LocalLoad.ClosablePeer {
  private static final int THREADS = 2;
  private static final byte[] HEAD =
      ("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
              + "Content-Length: ")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final ByteBuf END_OF_HEAD =
      Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(END));
  private static final String OK = "http/1.1 200 ";
  private static final String LENGTH = "\r\ncontent-length:";

  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(THREADS, Wire.io());

  @Override
  public Line connect(int port) throws InterruptedException {
    var exchange = new Exchange();
    Channel channel =
        new Bootstrap()
            .group(group)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    opened.pipeline().addLast(exchange);
                  }
                })
            .connect(InetAddress.getLoopbackAddress(), port)
            .sync()
            .channel();
    return (payload, answer) -> exchange.send(channel, payload, answer);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** A request and its answer, one after the other. */
  private static final class Exchange extends ByteToMessageDecoder {
    private @Nullable Answer pending;

    void send(Channel channel, byte[] payload, Answer answer) {
      pending = answer;
      byte[] length = Integer.toString(payload.length).getBytes(StandardCharsets.US_ASCII);
      channel.writeAndFlush(
          channel
              .alloc()
              .ioBuffer(HEAD.length + length.length + END.length + payload.length)
              .writeBytes(HEAD)
              .writeBytes(length)
              .writeBytes(END)
              .writeBytes(payload),
          channel.voidPromise());
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      int end = ByteBufUtil.indexOf(END_OF_HEAD, in);
      if (end < 0) {
        return;
      }
      int headBytes = end - in.readerIndex();
      String head =
          in.toString(in.readerIndex(), headBytes, StandardCharsets.US_ASCII)
              .toLowerCase(Locale.ROOT);
      int length = length(head);
      if (!head.startsWith(OK) || length < 0) {
        fail(new IOException("the server answered: " + head));
        context.close();
        return;
      }
      if (in.readableBytes() < headBytes + END.length + length) {
        return;
      }
      in.skipBytes(headBytes + END.length);
      byte[] body = new byte[length];
      in.readBytes(body);
      Answer answer = pending;
      pending = null;
      if (answer != null) {
        answer.answered(body);
      }
    }

    private static int length(String head) {
      int at = head.indexOf(LENGTH);
      if (at < 0) {
        return -1;
      }
      int end = head.indexOf('\r', at + LENGTH.length());
      return Integer.parseInt(
          head.substring(at + LENGTH.length(), end < 0 ? head.length() : end).strip());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
      super.channelInactive(context);
      if (!context.executor().isShuttingDown()) {
        fail(new IOException("the server closed a connection"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(cause);
      context.close();
    }

    private void fail(Throwable why) {
      Answer answer = pending;
      pending = null;
      if (answer != null) {
        answer.failed(why);
      }
    }
  }
}
