package io.trunkline.invocation.payload;

/** Bytes that are not what a method takes or returns. The message is for who sent them. */
public final class PayloadException extends Exception {
  private static final long serialVersionUID = 1;

  public PayloadException(String message) {
    super(message);
  }
}
