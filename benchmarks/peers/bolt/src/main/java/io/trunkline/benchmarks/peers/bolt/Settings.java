package io.trunkline.benchmarks.peers.bolt;

import com.alipay.remoting.config.Configs;
import com.alipay.remoting.rpc.RpcConfigs;

/** The library's settings, which are system properties. */
final class Settings {
  private Settings() {}

  /**
   * Before the library is used.
   *
   * @param dispatchLists whether what was read at once goes to the pool as a whole
   */
  static void apply(boolean dispatchLists) {
    System.setProperty(
        RpcConfigs.DISPATCH_MSG_LIST_IN_DEFAULT_EXECUTOR, Boolean.toString(dispatchLists));
    // The default refuses calls long before 64 connections x 32 are under way.
    System.setProperty(Configs.TP_QUEUE_SIZE, "10000");
  }
}
