package io.trunkline.client;

import io.trunkline.protocol.CloseAction;
import io.trunkline.protocol.v1.CloseCode;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Whether, where and when to connect again. Event loop only. */
final class ReconnectPolicy {
  /**
   * What to do.
   *
   * @param elsewhere not at the same address, if there is another
   */
  record Decision(boolean again, long delayMs, boolean elsewhere) {
    static final Decision STOP = new Decision(false, 0, false);
  }

  private static final long MAX_JITTER_IN_TURN_MS = 250;
  private static final int DEFERRALS_UNTIL_ELSEWHERE = 3;

  private final Backoff backoff;
  private final boolean tokenIsFixed;
  private final DoubleSupplier random;
  private int failures;
  private int deferrals;
  private @Nullable String refusedToken;

  /**
   * @param random from 0 to under 1
   */
  ReconnectPolicy(Backoff backoff, boolean tokenIsFixed, DoubleSupplier random) {
    this.backoff = backoff;
    this.tokenIsFixed = tokenIsFixed;
    this.random = random;
  }

  /** A part of {@code ms}, at random. */
  long jitterMs(long ms) {
    return (long) (ms * random.getAsDouble());
  }

  /**
   * @param token that the connection was made with
   * @param connectedMs how long it stood; 0: the attempt failed
   */
  Decision after(Closing closing, String token, long connectedMs) {
    // One that stood only for a moment counts as a failure: it may be refused for ever.
    if (connectedMs >= backoff.max().toMillis()) {
      failures = 0;
    }
    if (closing.code() == CloseCode.OVERLOADED.getNumber() && closing.retryAfterMs() > 0) {
      return inTurn(closing.retryAfterMs());
    }
    deferrals = 0;
    CloseAction action = closing.action();
    if (action == CloseAction.DO_NOT_RECONNECT) {
      return Decision.STOP;
    }
    // A resume token that was used twice is left out of the next Hello; the other token may stand.
    if (action == CloseAction.NEW_CREDENTIALS
        && closing.code() != CloseCode.RESUME_TOKEN_REUSED.getNumber()) {
      if (tokenIsFixed) {
        return Decision.STOP;
      }
      refusedToken = token;
    }
    if (action == CloseAction.RECONNECT_LATER) {
      failures = Math.max(failures, 1);
    }
    long delayMs = closing.retryAfterMs() + backoff.delayMs(failures, random.getAsDouble());
    failures++;
    return new Decision(
        true, delayMs, connectedMs == 0 || action == CloseAction.RECONNECT_ELSEWHERE);
  }

  /**
   * The gateway has given this client a place in its queue, for then and there. It has spread the
   * clients already: what is added here only makes up for clocks and networks, and more would cost
   * the place. Elsewhere is somebody else's queue, to be tried when this one gets no shorter.
   */
  private Decision inTurn(long retryAfterMs) {
    deferrals++;
    failures = Math.max(failures, 1);
    long jitterMs = jitterMs(Math.min(MAX_JITTER_IN_TURN_MS, backoff.initial().toMillis()));
    return new Decision(true, retryAfterMs + jitterMs, deferrals % DEFERRALS_UNTIL_ELSEWHERE == 0);
  }

  /** Whether the gateway has refused this token already. */
  boolean isRefused(String token) {
    return token.equals(refusedToken);
  }
}
