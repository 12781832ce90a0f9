package io.trunkline.client;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.trunkline.protocol.v1.CloseCode;
import java.io.IOException;
import java.net.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this side noticed, as close codes and words for a person. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final String REFUSED = "Connection refused";

  private Failures() {}

  /** No TCP connection could be had. */
  static Closing unreachable(Endpoint endpoint, Throwable cause) {
    String why = text(cause);
    if (cause instanceof ConnectTimeoutException) {
      why = "no answer";
    } else if (cause instanceof ConnectException && why.contains(REFUSED)) {
      // Each transport adds something else of its own.
      why = REFUSED;
    }
    return Closing.noticed(CloseCode.CONNECTION_LOST, "cannot reach " + endpoint + ": " + why);
  }

  /** A connection cannot go on. What is this side's own fault is logged. */
  static Closing broken(Endpoint endpoint, Throwable cause) {
    if (cause instanceof DecoderException) {
      return Closing.noticed(
          CloseCode.INTERNAL_ERROR, endpoint + " does not speak trunkline.v1: " + text(cause));
    }
    if (cause instanceof WebSocketHandshakeException) {
      return Closing.noticed(
          CloseCode.INTERNAL_ERROR, endpoint + " is no gateway's WebSocket: " + text(cause));
    }
    if (cause instanceof IOException) {
      return Closing.noticed(
          CloseCode.CONNECTION_LOST, "lost the connection to " + endpoint + ": " + text(cause));
    }
    LOG.error("Closing the connection to {}, on which this side failed.", endpoint, cause);
    return Closing.noticed(CloseCode.INTERNAL_ERROR, "this side failed: " + cause);
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
