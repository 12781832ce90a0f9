package io.trunkline.benchmarks.peers.rocketmq;

import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.SerializeType;

/** What both sides must agree on. */
final class Echo {
  /** Code of the request. */
  static final int CODE = 7;

  private Echo() {}

  /** Chooses the binary header over JSON, which costs more; before the library is used. */
  static void chooseBinaryHeader() {
    System.setProperty(RemotingCommand.SERIALIZE_TYPE_PROPERTY, SerializeType.ROCKETMQ.name());
  }
}
