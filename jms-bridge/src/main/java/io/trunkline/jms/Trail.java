package io.trunkline.jms;

import java.util.List;

/**
 * The way of a copy that was addressed to one node.
 *
 * @param hops how often it was passed on; 0 of what comes from a publisher or went to all nodes
 * @param others nodes that the last one to pass it on has served besides: itself, if it had
 *     sessions of the user, and those that got a copy of their own
 */
public record Trail(int hops, List<String> others) {
  /** Of what nobody has passed on to one node. */
  public static final Trail NONE = new Trail(0, List.of());

  public Trail {
    others = List.copyOf(others);
  }
}
