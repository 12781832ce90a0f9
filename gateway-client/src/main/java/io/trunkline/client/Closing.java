package io.trunkline.client;

import io.trunkline.protocol.CloseAction;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;

/**
 * Why a connection ended, as this side knows it.
 *
 * @param retryAfterMs 0: as the code's range says
 * @param told the gateway said so
 * @param address where it sends the client; empty: nowhere in particular
 */
record Closing(int code, String message, long retryAfterMs, boolean told, String address) {

  Closing(int code, String message, long retryAfterMs, boolean told) {
    this(code, message, retryAfterMs, told, "");
  }

  static Closing noticed(CloseCode code, String message) {
    return new Closing(code.getNumber(), message, 0, false);
  }

  static Closing told(Error error) {
    return new Closing(
        error.getCodeValue(),
        error.getMessage(),
        Integer.toUnsignedLong(error.getRetryAfterMs()),
        true,
        error.getAddress());
  }

  static Closing byThisSide() {
    return noticed(CloseCode.CLIENT_BYE, "closed by this side");
  }

  /** Somebody decided it (4500-4599): there is nothing to resume. */
  boolean endsSession() {
    return action() == CloseAction.DO_NOT_RECONNECT && code >= CloseCode.CLIENT_BYE.getNumber();
  }

  CloseAction action() {
    return CloseAction.of(code);
  }

  Disconnect disconnect(boolean willReconnect) {
    return Disconnect.of(code, message, willReconnect);
  }
}
