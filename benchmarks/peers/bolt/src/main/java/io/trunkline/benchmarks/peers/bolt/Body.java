package io.trunkline.benchmarks.peers.bolt;

import com.alipay.remoting.CustomSerializerManager;
import com.alipay.remoting.DefaultCustomSerializer;
import com.alipay.remoting.InvokeContext;
import com.alipay.remoting.rpc.RequestCommand;
import com.alipay.remoting.rpc.ResponseCommand;
import com.alipay.remoting.rpc.protocol.RpcRequestCommand;
import com.alipay.remoting.rpc.protocol.RpcResponseCommand;

/** Request and response: bytes that are written as they are, without Hessian. */
final class Body {
  private final byte[] bytes;

  Body(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Tells the library how to write it; before the first call. */
  static void register() {
    CustomSerializerManager.registerCustomSerializer(Body.class.getName(), new Raw());
  }

  private static final class Raw extends DefaultCustomSerializer {
    @Override
    public <T extends RequestCommand> boolean serializeContent(T request, InvokeContext context) {
      var command = (RpcRequestCommand) request;
      command.setContent(((Body) command.getRequestObject()).bytes);
      return true;
    }

    @Override
    public <T extends ResponseCommand> boolean serializeContent(T response) {
      var command = (RpcResponseCommand) response;
      command.setContent(((Body) command.getResponseObject()).bytes);
      return true;
    }

    @Override
    public <T extends RequestCommand> boolean deserializeContent(T request) {
      var command = (RpcRequestCommand) request;
      command.setRequestObject(new Body(command.getContent()));
      return true;
    }

    @Override
    public <T extends ResponseCommand> boolean deserializeContent(
        T response, InvokeContext context) {
      var command = (RpcResponseCommand) response;
      command.setResponseObject(new Body(command.getContent()));
      return true;
    }
  }
}
