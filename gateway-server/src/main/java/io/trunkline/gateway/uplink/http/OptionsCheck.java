package io.trunkline.gateway.uplink.http;

import io.trunkline.protocol.v1.Status;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether a back end can be called as its options say; what cannot is said in one line. */
final class OptionsCheck {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** With the signature of an overload, or the star. */
  private static final Pattern METHOD = Pattern.compile("[A-Za-z0-9_-]{1,64}(\\([^)]*\\))?|\\*");

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final Pattern VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");

  private static final int MAX_VALUE_CHARS = 4096;

  /** What the exchange itself, or the call, decides. */
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private OptionsCheck() {}

  static boolean isName(String method) {
    return NAME.matcher(method).matches();
  }

  /** Whether it can be one as it is. */
  static boolean isHeaderValue(String text) {
    return text.length() <= MAX_VALUE_CHARS && VALUE.matcher(text).matches();
  }

  static String lowerCase(String header) {
    return header.toLowerCase(Locale.ROOT);
  }

  static Map<String, RequestTemplate> templates(HttpBackEnd.Options options) {
    options.headers().forEach(OptionsCheck::header);
    options.statuses().forEach(OptionsCheck::status);
    if (options.connections() < 0) {
      throw new IllegalArgumentException("fewer than no connections");
    }
    if (options.methods().isEmpty()) {
      throw new IllegalArgumentException("it has no methods");
    }
    Map<String, RequestTemplate> templates = new HashMap<>();
    options
        .methods()
        .forEach(
            (name, text) -> {
              if (!METHOD.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not a method's name");
              }
              try {
                templates.put(name, RequestTemplate.parse(text));
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("method '" + name + "': " + e.getMessage(), e);
              }
            });
    return templates;
  }

  private static void header(String name, String value) {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is not a header's name");
    }
    String lowerCase = lowerCase(name);
    if (OURS.contains(lowerCase) || lowerCase.startsWith("tl-")) {
      throw new IllegalArgumentException("header '" + name + "' is set by the gateway itself");
    }
    if (!isHeaderValue(value)) {
      // The value may be a secret.
      throw new IllegalArgumentException(
          "the value of header '" + name + "' is empty, too long, or not printable ASCII");
    }
  }

  private static void status(int code, Status status) {
    if (code < 200 || code > 599) {
      throw new IllegalArgumentException(code + " is not a status of HTTP, which are 200 to 599");
    }
    if (status == Status.UNRECOGNIZED) {
      throw new IllegalArgumentException("no outcome for status " + code);
    }
  }
}
