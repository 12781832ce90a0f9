package io.trunkline.broker;

import org.jspecify.annotations.Nullable;

/** The broker cannot start; the message is one line for the person who started it. */
final class BrokerStartException extends Exception {
  private static final long serialVersionUID = 1;

  BrokerStartException(String message) {
    this(message, null);
  }

  BrokerStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
