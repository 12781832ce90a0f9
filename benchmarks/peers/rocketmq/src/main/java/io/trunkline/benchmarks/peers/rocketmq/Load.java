package io.trunkline.benchmarks.peers.rocketmq;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.trunkline.benchmarks.calls.LoadProgram;
import io.trunkline.benchmarks.calls.Peer;
import io.trunkline.benchmarks.calls.Threads;
import org.apache.rocketmq.remoting.InvokeCallback;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** Calls by the library's client. It has one connection to an address, so there are many of it. */
final class Load implements Peer {
  private static final long TIMEOUT_MS = 30_000;

  private final EventLoopGroup group = new NioEventLoopGroup(Threads.EVENT_LOOPS);

  private Load() {}

  public static void main(String[] args) throws Exception {
    Echo.chooseBinaryHeader();
    LoadProgram.run(new Load(), args);
  }

  @Override
  public Line connect(int port) {
    var config = new NettyClientConfig();
    config.setDisableCallbackExecutor(true);
    config.setDisableNettyWorkerGroup(true);
    var client = new NettyRemotingClient(config, null, group, null);
    client.start();
    String address = "127.0.0.1:" + port;
    return (payload, answer) -> {
      RemotingCommand request = RemotingCommand.createRequestCommand(Echo.CODE, null);
      request.setBody(payload);
      client.invokeAsync(address, request, TIMEOUT_MS, new Callback(answer));
    };
  }

  private record Callback(Answer answer) implements InvokeCallback {
    @Override
    public void operationComplete(ResponseFuture future) {
      // The two below tell it.
    }

    @Override
    public void operationSucceed(RemotingCommand response) {
      answer.answered(response.getBody());
    }

    @Override
    public void operationFail(Throwable why) {
      answer.failed(why);
    }
  }
}
