package io.trunkline.persistence;

/**
 * What a node has to do, as it tells the others.
 *
 * @param sessions connected ones
 * @param cpu share of the machine's processors that the node used since it last told, 0 to 1
 * @param outboundBytes that wait for slow clients
 */
public record NodeLoad(int sessions, double cpu, long outboundBytes) {
  public static final NodeLoad NONE = new NodeLoad(0, 0, 0);
}
