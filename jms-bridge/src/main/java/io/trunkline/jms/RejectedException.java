package io.trunkline.jms;

/** A message is not understood. Leaves the parser from any depth; never its caller. */
final class RejectedException extends Exception {
  private static final long serialVersionUID = 1;
  private static final int SHOWN_CHARS = 64;

  private final transient Reject reject;

  RejectedException(RejectCode code, String reason) {
    super(reason, null, false, false);
    this.reject = new Reject(code, reason);
  }

  static RejectedException invalid(String reason) {
    return new RejectedException(RejectCode.INVALID_PROPERTY, reason);
  }

  Reject reject() {
    return reject;
  }

  /** Text of a stranger, safe for one line. */
  static String shown(String text) {
    String start = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    return "'" + start.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
