package io.trunkline.gateway.uplink.routes;

/**
 * Something wrong with a routes file.
 *
 * @param line from 1; 0: the file as a whole
 * @param key empty: the file or the line as a whole
 * @param message for the person who wrote the file: what is wrong, and what would be right
 */
public record RouteProblem(Code code, int line, String key, String message) {

  /** What is wrong, for programs; names are added, never changed. */
  public enum Code {
    /** The file is not there any more, cannot be read, is no UTF-8 or too large. */
    UNREADABLE,
    /** A line that is no {@code <service>.<key> = value}, or the service's name is none. */
    MALFORMED,
    UNKNOWN_KEY,
    DUPLICATE_KEY,
    INVALID_VALUE,
    MISSING_KEY,
    /** A key that means nothing for this kind of back end. */
    MISPLACED_KEY,
    /** A {@code java} back end that the gateway was not started with. */
    UNKNOWN_SERVICE,
    /** The back end could not be opened. */
    BACK_END_FAILED
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(code.name());
    if (line > 0) {
      text.append(", line ").append(line);
    }
    if (!key.isEmpty()) {
      text.append(", '").append(key).append('\'');
    }
    return text.append(": ").append(message).toString();
  }
}
