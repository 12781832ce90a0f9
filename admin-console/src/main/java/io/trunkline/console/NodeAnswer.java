package io.trunkline.console;

/**
 * What became of a request to a node's API.
 *
 * @param node the node that was asked
 */
record NodeAnswer(String node, Result result) {

  /** How it ended. */
  sealed interface Result {}

  record Answered(NodeServices services) implements Result {}

  /**
   * It understood and said no.
   *
   * @param why in its words
   */
  record Refused(String why) implements Result {}

  /** No answer, or none that can be used. */
  record Silent(String why) implements Result {}
}
