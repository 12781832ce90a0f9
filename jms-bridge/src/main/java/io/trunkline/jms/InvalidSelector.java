package io.trunkline.jms;

/** A selector that cannot be used. The message is one sentence for whoever wrote the selector. */
public final class InvalidSelector extends Exception {
  private static final long serialVersionUID = 1;

  private final int position;
  private final String reason;

  InvalidSelector(int position, String reason) {
    super("at character " + position + ": " + reason, null, false, false);
    this.position = position;
    this.reason = reason;
  }

  /**
   * The character where reading stopped, counted from 1; one past the end if something is missing.
   */
  public int position() {
    return position;
  }

  /** What is wrong there, without the position. */
  public String reason() {
    return reason;
  }
}
