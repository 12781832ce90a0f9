package io.trunkline.gateway.uplink.http;

/** A payload that no request can be made of; the message is for the caller. */
final class UnfitPayloadException extends Exception {
  private static final long serialVersionUID = 1;

  UnfitPayloadException(String message) {
    super(message);
  }
}
