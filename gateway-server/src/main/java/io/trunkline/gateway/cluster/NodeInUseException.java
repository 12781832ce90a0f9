package io.trunkline.gateway.cluster;

/** Another process works under this node's id; the message is one line that says what to do. */
public final class NodeInUseException extends Exception {
  private static final long serialVersionUID = 1;

  public NodeInUseException(String message) {
    super(message);
  }
}
