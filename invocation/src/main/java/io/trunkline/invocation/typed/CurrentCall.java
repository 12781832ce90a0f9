package io.trunkline.invocation.typed;

import io.trunkline.invocation.IncomingCall;
import org.jspecify.annotations.Nullable;

/**
 * The call that the present thread works on: who calls, headers, deadline. There while a method of
 * an implementation runs, on its own thread only.
 */
public final class CurrentCall {
  private static final ThreadLocal<@Nullable IncomingCall> CURRENT = new ThreadLocal<>();

  private CurrentCall() {}

  /**
   * The call.
   *
   * @param type what the side that was called makes of calls; in the gateway {@code UplinkCall}
   * @throws IllegalStateException if the thread works on none, or on one of another type
   */
  public static <C extends IncomingCall> C get(Class<C> type) {
    IncomingCall call = CURRENT.get();
    if (!type.isInstance(call)) {
      throw new IllegalStateException(
          "this thread works on "
              + (call == null ? "no call" : "a call of " + call.getClass().getName()));
    }
    return type.cast(call);
  }

  /**
   * Sets it.
   *
   * @return the one before
   */
  static @Nullable IncomingCall set(@Nullable IncomingCall call) {
    IncomingCall before = CURRENT.get();
    if (call == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(call);
    }
    return before;
  }
}
