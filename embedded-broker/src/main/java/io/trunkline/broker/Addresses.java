package io.trunkline.broker;

/** Names of the destinations; {@code io.trunkline.jms.Destinations} has the same. */
final class Addresses {
  static final String DOWNLINK = "trunkline.downlink";
  static final String REJECTED = "trunkline.downlink.rejected";
  static final String DOWNLINK_EXPIRED = "trunkline.downlink.expired";
  static final String EVENTS = "trunkline.events";
  static final String CONTROL = "trunkline.control";

  /** Queues of JMS back ends: this and the service's name. */
  static final String UPLINK_PATTERN = "trunkline.uplink.#";

  static final String DEAD_LETTERS = "trunkline.dlq";
  static final String EXPIRED = "trunkline.expired";

  private Addresses() {}
}
