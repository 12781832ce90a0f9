package io.trunkline.gateway.extension;

/** An extension cannot be used; the message is one line: where it is, which class, and why. */
public final class ExtensionException extends Exception {
  private static final long serialVersionUID = 1;

  ExtensionException(String message) {
    super(message);
  }

  ExtensionException(String message, Throwable cause) {
    super(message, cause);
  }
}
