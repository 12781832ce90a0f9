package io.trunkline.benchmarks.peers.rocketmq;

import com.google.common.util.concurrent.MoreExecutors;
import io.netty.channel.ChannelHandlerContext;
import io.trunkline.benchmarks.calls.Threads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.rocketmq.remoting.netty.NettyRemotingServer;
import org.apache.rocketmq.remoting.netty.NettyRequestProcessor;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RemotingSysResponseCode;

/** Answers with the body it was sent. */
final class Server {
  private Server() {}

  public static void main(String[] args) {
    Threads threads = Threads.of(args);
    Echo.chooseBinaryHeader();
    var config = new NettyServerConfig();
    config.setBindAddress("127.0.0.1");
    config.setListenPort(0);
    config.setServerSelectorThreads(Threads.EVENT_LOOPS);
    config.setUseEpollNativeSelector(true);
    // Off: the codec runs in the event loop, with no hop to threads between.
    config.setServerNettyWorkerGroupEnable(threads == Threads.POOL);
    var server = new NettyRemotingServer(config);
    server.registerProcessor(Echo.CODE, new EchoProcessor(), executor(threads));
    server.start();
    Threads.ready(server.localListenPort());
  }

  /** The library submits each request to an executor; this one may be the calling thread. */
  private static ExecutorService executor(Threads threads) {
    return switch (threads) {
      case LOOP -> MoreExecutors.newDirectExecutorService();
      case POOL -> Executors.newFixedThreadPool(Threads.EVENT_LOOPS);
    };
  }

  private static final class EchoProcessor implements NettyRequestProcessor {
    @Override
    public RemotingCommand processRequest(ChannelHandlerContext context, RemotingCommand request) {
      RemotingCommand response =
          RemotingCommand.createResponseCommand(RemotingSysResponseCode.SUCCESS, "");
      response.setBody(request.getBody());
      return response;
    }

    @Override
    public boolean rejectRequest() {
      return false;
    }
  }
}
