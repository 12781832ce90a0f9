package io.trunkline.persistence;

import java.util.List;
import java.util.Optional;

/**
 * A page of sessions.
 *
 * @param next opaque cursor of the page that follows; absent on the last
 */
public record SessionPage(List<SessionRow> sessions, Optional<String> next) {
  public SessionPage {
    sessions = List.copyOf(sessions);
  }
}
