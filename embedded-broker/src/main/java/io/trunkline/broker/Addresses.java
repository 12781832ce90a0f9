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

  /** Queues in which publishers keep receipts, for as long as they like. */
  static final String RECEIPTS_PATTERN = "receipts.#";

  static final String DEAD_LETTERS = "trunkline.dlq";
  static final String EXPIRED = "trunkline.expired";

  private Addresses() {}
}
