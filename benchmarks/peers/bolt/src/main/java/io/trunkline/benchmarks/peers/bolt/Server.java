package io.trunkline.benchmarks.peers.bolt;

import com.alipay.remoting.BizContext;
import com.alipay.remoting.config.BoltServerOption;
import com.alipay.remoting.rpc.RpcServer;
import com.alipay.remoting.rpc.protocol.SyncUserProcessor;
import io.trunkline.benchmarks.calls.Threads;

/**
 * Answers with the bytes it was sent. The library has two event loops a processor and no setting
 * for it.
 */
final class Server {
  private Server() {}

  public static void main(String[] args) throws Exception {
    Threads threads = Threads.of(args);
    Settings.apply(threads == Threads.POOL);
    Body.register();
    var server = new RpcServer("127.0.0.1", 0);
    server.option(BoltServerOption.NETTY_FLUSH_CONSOLIDATION, true);
    server.registerUserProcessor(new EchoProcessor(threads));
    server.startup();
    Threads.ready(server.port());
  }

  private static final class EchoProcessor extends SyncUserProcessor<Body> {
    private final Threads threads;

    EchoProcessor(Threads threads) {
      this.threads = threads;
    }

    @Override
    public Object handleRequest(BizContext context, Body request) {
      return request;
    }

    @Override
    public String interest() {
      return Body.class.getName();
    }

    @Override
    public boolean processInIOThread() {
      return threads == Threads.LOOP;
    }
  }
}
