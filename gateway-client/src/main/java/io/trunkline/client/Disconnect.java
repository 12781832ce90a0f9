package io.trunkline.client;

import io.trunkline.protocol.v1.CloseCode;

/**
 * Why a connection ended, or could not be had.
 *
 * @param code a number of {@link CloseCode}, or one that this version does not know
 * @param name the code's name; {@code CODE_<number>} when it is not known
 * @param message for a person
 * @param willReconnect whether this client tries again by itself
 */
public record Disconnect(int code, String name, String message, boolean willReconnect) {

  static Disconnect of(int code, String message, boolean willReconnect) {
    CloseCode known = CloseCode.forNumber(code);
    return new Disconnect(
        code, known == null ? "CODE_" + code : known.name(), message, willReconnect);
  }
}
