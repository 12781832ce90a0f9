package io.trunkline.client;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;

/** Why a TCP connection could not be had, in words that do not differ between transports. */
final class Unreachable {
  private static final String REFUSED = "Connection refused";

  private Unreachable() {}

  static String text(Throwable cause) {
    String message = cause.getMessage();
    if (cause instanceof ConnectTimeoutException) {
      return "no answer";
    }
    if (message == null) {
      return cause.getClass().getSimpleName();
    }
    return cause instanceof ConnectException && message.contains(REFUSED) ? REFUSED : message;
  }
}
