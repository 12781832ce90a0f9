package io.trunkline.persistence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks through live sessions for what SQL cannot be asked: page by page, so that neither all of
 * them are in memory nor a connection or a transaction is held for long. Thread-safe; blocks. What
 * comes and goes meanwhile may be seen or not, no session is seen twice.
 */
public final class SessionSearch {
  private final SessionDirectory directory;
  private final Limits limits;

  public SessionSearch(SessionDirectory directory, Limits limits) {
    this.directory = directory;
    this.limits = limits;
  }

  /**
   * How much one call may do.
   *
   * @param rows sessions looked at; the last page is looked at whole
   * @param time after which no further page is read
   */
  public record Limits(int rows, Duration time) {
    /** For a page that somebody waits for. */
    public static final Limits OF_A_PAGE = new Limits(200_000, Duration.ofSeconds(10));

    /** For a count of all that live. */
    public static final Limits OF_A_COUNT = new Limits(5_000_000, Duration.ofSeconds(20));
  }

  /**
   * Which sessions.
   *
   * @param filter what the database checks
   * @param test what is checked here of those
   */
  public record Wanted(SessionFilter filter, Predicate<SessionRow> test) {}

  /**
   * What was found.
   *
   * @param next cursor of the sessions not looked at yet; absent if there are none
   * @param scanned sessions looked at
   * @param cutShort a limit ended the search before the page was full; {@code next} goes on
   */
  public record Found(
      List<SessionRow> sessions, Optional<String> next, long scanned, boolean cutShort) {
    public Found {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * How many match.
   *
   * @param active connected now
   * @param detached their connection is lost, they may still come back
   * @param scanned sessions looked at
   * @param complete false if a limit ended the count: there may be more
   */
  public record Tally(long active, long detached, long scanned, boolean complete) {}

  /**
   * One page of those that match.
   *
   * @param cursor from a page of the same search
   * @param limit 1 to {@link SessionDirectory#MAX_PAGE}
   * @throws IllegalArgumentException if the cursor is none of ours
   */
  public Found find(Wanted wanted, SessionSort sort, Optional<String> cursor, int limit) {
    List<SessionRow> found = new ArrayList<>();
    Budget budget = new Budget();
    Optional<String> from = cursor;
    do {
      SessionPage page = directory.page(wanted.filter(), sort, from, SessionDirectory.MAX_PAGE);
      List<SessionRow> rows = page.sessions();
      for (int i = 0; i < rows.size(); i++) {
        SessionRow row = rows.get(i);
        budget.scanned++;
        if (wanted.test().test(row)) {
          found.add(row);
          if (found.size() == limit) {
            boolean last = page.next().isEmpty() && i == rows.size() - 1;
            Optional<String> next =
                last ? Optional.empty() : Optional.of(SessionCursor.after(row, sort).encode());
            return new Found(found, next, budget.scanned, false);
          }
        }
      }
      from = page.next();
    } while (from.isPresent() && !budget.isSpent());
    return new Found(found, from, budget.scanned, from.isPresent());
  }

  /** Counts those that match. */
  public Tally count(Wanted wanted) {
    long active = 0;
    long detached = 0;
    Budget budget = new Budget();
    Optional<String> from = Optional.empty();
    do {
      SessionPage page =
          directory.page(
              wanted.filter(), SessionSort.NEWEST_FIRST, from, SessionDirectory.MAX_PAGE);
      for (SessionRow row : page.sessions()) {
        budget.scanned++;
        if (wanted.test().test(row)) {
          if (row.state().equals("ACTIVE")) {
            active++;
          } else {
            detached++;
          }
        }
      }
      from = page.next();
    } while (from.isPresent() && !budget.isSpent());
    return new Tally(active, detached, budget.scanned, from.isEmpty());
  }

  private final class Budget {
    private final long startNs = System.nanoTime();
    private long scanned;

    boolean isSpent() {
      return scanned >= limits.rows() || System.nanoTime() - startNs >= limits.time().toNanos();
    }
  }
}
