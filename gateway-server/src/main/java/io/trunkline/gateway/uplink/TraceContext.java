package io.trunkline.gateway.uplink;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The trace that a call belongs to (W3C Trace Context): the client's if it names one, else a new
 * one. The gateway records nothing itself, so it passes the client's on as it is.
 *
 * @param state empty: none
 */
record TraceContext(String parent, String state) {
  static final String PARENT = "traceparent";
  static final String STATE = "tracestate";

  /** Version 00 is exactly this; a later one may go on after it (section 4.3). */
  private static final Pattern WELL_FORMED =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]{1,200})?");

  private static final int VERSION_0_CHARS = 55;
  private static final int MAX_STATE_CHARS = 512;
  private static final Pattern STATE_TEXT = Pattern.compile("[ -~]+");

  static TraceContext of(Map<String, String> headers) {
    String parent = "";
    String state = "";
    for (Map.Entry<String, String> header : headers.entrySet()) {
      switch (header.getKey().toLowerCase(Locale.ROOT)) {
        case PARENT -> parent = header.getValue();
        case STATE -> state = header.getValue();
        default -> {}
      }
    }
    if (!WELL_FORMED.matcher(parent).matches()
        || (parent.startsWith("00") && parent.length() != VERSION_0_CHARS)) {
      return fresh();
    }
    boolean keep = state.length() <= MAX_STATE_CHARS && STATE_TEXT.matcher(state).matches();
    return new TraceContext(parent, keep ? state.strip() : "");
  }

  /**
   * A new one, with the flag "sampled": without it tracers that follow their caller, as most do,
   * would record nothing.
   */
  private static TraceContext fresh() {
    var random = ThreadLocalRandom.current();
    String trace = hex(random.nextLong()) + hex(nonZero(random));
    return new TraceContext("00-" + trace + "-" + hex(nonZero(random)) + "-01", "");
  }

  private static long nonZero(ThreadLocalRandom random) {
    return random.nextLong(1, Long.MAX_VALUE);
  }

  private static String hex(long bits) {
    return java.util.HexFormat.of().toHexDigits(bits);
  }

  /** As headers or properties: the names are the same in both. */
  Map<String, String> named() {
    return state.isEmpty() ? Map.of(PARENT, parent) : Map.of(PARENT, parent, STATE, state);
  }
}
