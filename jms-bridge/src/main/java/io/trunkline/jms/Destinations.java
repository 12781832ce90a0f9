package io.trunkline.jms;

/** Names of the destinations; a contract with other people's programs. */
public final class Destinations {
  /** Topic: what is to be pushed. */
  public static final String DOWNLINK = "trunkline.downlink";

  /** Queue: what could not be understood, with the reason in {@code tl_reject_*}. */
  public static final String REJECTED = "trunkline.downlink.rejected";

  /** Queue: what expired in a subscription of {@link #DOWNLINK}; the broker is to move it there. */
  public static final String EXPIRED = "trunkline.downlink.expired";

  /** Topic: sessions connected, resumed, disconnected, kicked; JSON. */
  public static final String EVENTS = "trunkline.events";

  /** Topic: commands to nodes; internal. */
  public static final String CONTROL = "trunkline.control";

  /** Queues of JMS back ends: this and the service's name. */
  public static final String UPLINK_PREFIX = "trunkline.uplink.";

  private Destinations() {}
}
