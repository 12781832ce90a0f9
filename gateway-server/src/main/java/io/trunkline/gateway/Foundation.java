package io.trunkline.gateway;

import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import java.time.Clock;

/**
 * What all parts of a node stand on: there before the first of them, and until the last is gone.
 */
record Foundation(
    GatewayConfig config,
    TokenVerifier verifier,
    Database database,
    JmsBridge bridge,
    NodeThreads threads) {

  /** The node's id. */
  String node() {
    return config.node().id();
  }

  Clock clock() {
    return Clock.systemUTC();
  }
}
