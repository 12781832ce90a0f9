package io.trunkline.gateway;

/**
 * A program cannot start; the message is one line that says what is wrong, where, and what helps.
 */
public final class StartupException extends Exception {
  private static final long serialVersionUID = 1;

  public StartupException(String message) {
    super(message);
  }

  public StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
