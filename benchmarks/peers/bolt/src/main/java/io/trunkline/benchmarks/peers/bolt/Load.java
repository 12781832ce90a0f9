package io.trunkline.benchmarks.peers.bolt;

import com.alipay.remoting.Connection;
import com.alipay.remoting.InvokeCallback;
import com.alipay.remoting.InvokeContext;
import com.alipay.remoting.config.BoltClientOption;
import com.alipay.remoting.exception.RemotingException;
import com.alipay.remoting.rpc.RpcClient;
import io.trunkline.benchmarks.calls.LoadProgram;
import io.trunkline.benchmarks.calls.Peer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Calls by the library's client. Its answers always go through its pool. */
final class Load implements Peer {
  private static final int TIMEOUT_MS = 30_000;

  private final RpcClient client = new RpcClient();

  private Load() {
    client.option(BoltClientOption.NETTY_FLUSH_CONSOLIDATION, true);
    client.startup();
  }

  public static void main(String[] args) throws Exception {
    Settings.apply(/* dispatchLists= */ true);
    Body.register();
    LoadProgram.run(new Load(), args);
  }

  @Override
  public Line connect(int port) throws RemotingException {
    Connection connection = client.createStandaloneConnection("127.0.0.1", port, TIMEOUT_MS);
    return (payload, answer) -> {
      var context = new InvokeContext();
      // No checksum: none of the others has one.
      context.put(InvokeContext.BOLT_CRC_SWITCH, false);
      client.invokeWithCallback(
          connection, new Body(payload), context, new Callback(answer), TIMEOUT_MS);
    };
  }

  private record Callback(Answer answer) implements InvokeCallback {
    @Override
    public void onResponse(Object result) {
      answer.answered(((Body) result).bytes());
    }

    @Override
    public void onException(Throwable why) {
      answer.failed(why);
    }

    @Override
    public @Nullable Executor getExecutor() {
      return null; // at once, on the thread that has the answer
    }
  }
}
