package io.trunkline.jms;

/** The broker cannot be reached or refuses us; the message says which and why, on one line. */
public final class BrokerUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  public BrokerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
