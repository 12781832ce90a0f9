package io.trunkline.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A {@link BareServer} in a process of its own. */
final class BareTarget implements Target, AutoCloseable {
  private final JavaProcess process;
  private final InetSocketAddress address;

  BareTarget(JavaProcess process) {
    this.process = process;
    this.address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(process.said().getFirst()));
  }

  @Override
  public String name() {
    return "bare Netty";
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public boolean handshakes() {
    return false;
  }

  @Override
  public ProcessFigures figures() {
    return process.figures();
  }

  @Override
  public void broadcast(int messages) throws BenchmarkException {
    process.tell(Integer.toString(messages));
  }

  @Override
  public void close() {
    process.close();
  }
}
