package io.trunkline.gateway.uplink;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which of the headers that a client set reach an HTTP back end. Only names that nothing else gives
 * a meaning to: not {@code x-} in general, for {@code x-forwarded-for}, {@code x-real-ip}, {@code
 * x-remote-user} or {@code x-http-method-override} are believed by many a server.
 */
final class ClientHeaders {
  /** What applications may use between themselves, and two standard ones that grant nothing. */
  private static final Pattern PASSING =
      Pattern.compile("x-app-[a-z0-9-]{1,58}|idempotency-key|accept-language");

  private static final int MAX_VALUE_CHARS = 1024;
  private static final int MAX_HEADERS = 16;

  private ClientHeaders() {}

  /** Those that pass, by their names in lower case; the others are left out without a word. */
  static Map<String, String> passing(Map<String, String> set) {
    if (set.isEmpty()) {
      return Map.of();
    }
    Map<String, String> passing = new LinkedHashMap<>();
    for (Map.Entry<String, String> header : set.entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (passing.size() < MAX_HEADERS
          && PASSING.matcher(name).matches()
          && printable(header.getValue())) {
        passing.put(name, header.getValue().strip());
      }
    }
    return passing;
  }

  /** No line ends, nothing that servers read in different ways. */
  private static boolean printable(String value) {
    return !value.isBlank()
        && value.length() <= MAX_VALUE_CHARS
        && value.chars().allMatch(character -> character >= ' ' && character < 0x7f);
  }
}
