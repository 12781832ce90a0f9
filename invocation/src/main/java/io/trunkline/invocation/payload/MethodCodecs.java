package io.trunkline.invocation.payload;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The content types of one method. Thread-safe. */
public final class MethodCodecs {

  /**
   * One of them.
   *
   * @param contentType what it writes
   */
  public record Choice(String contentType, MethodCodec codec) {}

  private final Map<String, Choice> byContentType = new LinkedHashMap<>();
  private final Choice preferred;

  /**
   * @param choices the preferred one first; at least one
   */
  MethodCodecs(List<Choice> choices) {
    this.preferred = choices.get(0);
    choices.forEach(choice -> byContentType.put(choice.contentType(), choice));
  }

  /** For calls from this side. */
  public Choice preferred() {
    return preferred;
  }

  /** In words, for a caller that has used another. */
  public String names() {
    return String.join(", ", byContentType.keySet());
  }

  /**
   * For a payload that came.
   *
   * <p>What people and generic callers send without a thought is taken for JSON: no content type,
   * {@code application/octet-stream}, {@code text/plain}; and so is {@code application/…+json}.
   *
   * @param contentType may have parameters
   * @return null: this method does not take it
   */
  public @Nullable Choice of(String contentType) {
    Choice choice = byContentType.get(contentType);
    if (choice != null) {
      return choice;
    }
    int parameters = contentType.indexOf(';');
    String type =
        (parameters < 0 ? contentType : contentType.substring(0, parameters))
            .strip()
            .toLowerCase(Locale.ROOT);
    choice = byContentType.get(type);
    return choice == null && readAsJson(type) ? byContentType.get(JsonCodec.CONTENT_TYPE) : choice;
  }

  private static boolean readAsJson(String type) {
    return type.isEmpty()
        || type.equals("application/octet-stream")
        || type.equals("text/plain")
        || type.endsWith("+json");
  }
}
