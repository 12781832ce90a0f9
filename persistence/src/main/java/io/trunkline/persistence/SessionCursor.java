package io.trunkline.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * Where a page of sessions ended: the last row's sort value and id. Also names the sort, so that a
 * cursor of another list is noticed.
 */
record SessionCursor(SessionSort sort, Object value, UUID id) {
  private static final char SEPARATOR = '\n';

  static SessionCursor after(SessionRow row, SessionSort sort) {
    Object value =
        switch (sort.by()) {
          case USER -> row.user();
          case STARTED_AT -> row.startedAt();
          case NODE -> row.node();
          case CLIENT -> row.clientName();
          case REMOTE_ADDRESS -> row.remoteAddress();
        };
    return new SessionCursor(sort, value, row.id());
  }

  String encode() {
    String text = tag(sort) + SEPARATOR + id + SEPARATOR + value;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  /**
   * @throws IllegalArgumentException if this is no cursor of a list so sorted
   */
  static SessionCursor decode(String cursor, SessionSort sort) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), UTF_8);
      int tagEnd = text.indexOf(SEPARATOR);
      int idEnd = text.indexOf(SEPARATOR, tagEnd + 1);
      if (tagEnd >= 0 && idEnd >= 0 && text.substring(0, tagEnd).equals(tag(sort))) {
        UUID id = UUID.fromString(text.substring(tagEnd + 1, idEnd));
        String value = text.substring(idEnd + 1);
        if (value.indexOf('\0') < 0) {
          boolean time = sort.by() == SessionSort.By.STARTED_AT;
          return new SessionCursor(sort, time ? Instant.parse(value) : value, id);
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException(refusal(), e);
    }
    throw new IllegalArgumentException(refusal());
  }

  private static String refusal() {
    return "The cursor is not one that this list gave, with this sort order; start without a cursor.";
  }

  private static String tag(SessionSort sort) {
    return sort.by() + (sort.descending() ? "-" : "+");
  }
}
