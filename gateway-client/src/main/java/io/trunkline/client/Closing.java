package io.trunkline.client;

import io.trunkline.protocol.CloseAction;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;

/**
 * Why a connection ended, as this side knows it.
 *
 * @param retryAfterMs 0: as the code's range says
 * @param told the gateway said so
 */
record Closing(int code, String message, long retryAfterMs, boolean told) {

  static Closing noticed(CloseCode code, String message) {
    return new Closing(code.getNumber(), message, 0, false);
  }

  static Closing told(Error error) {
    return new Closing(
        error.getCodeValue(),
        error.getMessage(),
        Integer.toUnsignedLong(error.getRetryAfterMs()),
        true);
  }

  CloseAction action() {
    return CloseAction.of(code);
  }

  Disconnect disconnect(boolean willReconnect) {
    return Disconnect.of(code, message, willReconnect);
  }
}
