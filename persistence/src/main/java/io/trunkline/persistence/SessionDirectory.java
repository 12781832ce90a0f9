package io.trunkline.persistence;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The live sessions of the whole cluster, read from PostgreSQL. Thread-safe; blocks. */
public interface SessionDirectory {
  int MAX_PAGE = 1_000;

  /**
   * One page, by cursor.
   *
   * @param cursor from the page before, with the same filter and sort
   * @param limit 1 to {@link #MAX_PAGE}
   * @throws IllegalArgumentException if the cursor is none of ours
   */
  SessionPage page(SessionFilter filter, SessionSort sort, Optional<String> cursor, int limit);

  /** A window by position, for a lazy grid. */
  List<SessionRow> window(SessionFilter filter, SessionSort sort, int offset, int limit);

  long count(SessionFilter filter);

  Optional<SessionRow> find(UUID id);

  /** Live sessions of each of these users, in one query. */
  List<SessionRow> ofUsers(List<String> users);

  /**
   * Where the live sessions of these users, and these sessions, are: in one query, each once; for
   * routing.
   */
  List<SessionPlace> places(Collection<String> users, Collection<UUID> sessions);
}
