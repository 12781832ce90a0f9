package io.trunkline.console;

/** Who is to blame for how a call ended. */
enum OutcomeKind {
  GOOD("good", "ok"),
  /** The caller asked for what cannot be, or went away. */
  CALLER("plain", "the caller's fault"),
  /** Bounds and rates did what they are for. */
  REFUSED("warn", "refused by bounds"),
  FAILED("bad", "failed");

  private final String tone;
  private final String words;

  OutcomeKind(String tone, String words) {
    this.tone = tone;
    this.words = words;
  }

  /** Of the state colours. */
  String tone() {
    return tone;
  }

  String words() {
    return words;
  }

  /**
   * @param status as the protocol names it; one that is not known here counts as failed
   */
  static OutcomeKind of(String status) {
    return switch (status) {
      case "OK" -> GOOD;
      case "NOT_FOUND",
          "INVALID_ARGUMENT",
          "PERMISSION_DENIED",
          "CONFLICT",
          "TOO_LARGE",
          "CANCELLED" ->
          CALLER;
      case "BUSY", "RATE_LIMITED" -> REFUSED;
      default -> FAILED;
    };
  }
}
