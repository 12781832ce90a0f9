package io.trunkline.console;

import com.vaadin.flow.data.provider.AbstractBackEndDataProvider;
import com.vaadin.flow.data.provider.Query;
import com.vaadin.flow.data.provider.SortDirection;
import io.trunkline.jms.AttributeSelector;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.SessionSearch;
import io.trunkline.persistence.SessionSort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a grid the rows that it shows and no others. While the database is away the grid is empty
 * instead of broken; the banner says why. With a selector it shows the first matches, at most
 * {@link SessionDirectory#MAX_PAGE}: a search reads many rows, so what it found is used for some
 * seconds.
 */
final class SessionQuery extends AbstractBackEndDataProvider<SessionRow, Void> {
  private static final Logger log = LoggerFactory.getLogger(SessionQuery.class);

  /** An operator waits for it, and many pages may be open. */
  private static final SessionSearch.Limits LIMITS =
      new SessionSearch.Limits(50_000, Duration.ofSeconds(3));

  private static final long FRESH_NS = Duration.ofSeconds(5).toNanos();

  private final transient SessionDirectory sessions;
  private final transient SessionSearch search;
  private transient SessionFilter filter = SessionFilter.ALL;
  private transient Optional<AttributeSelector> selector = Optional.empty();
  private transient @Nullable Result result;

  SessionQuery(SessionDirectory sessions) {
    this.sessions = sessions;
    this.search = new SessionSearch(sessions, LIMITS);
  }

  /** What a search with the selector gave, and when. */
  private record Result(SessionSort sort, SessionSearch.Found found, long atNs) {}

  void filter(SessionFilter wanted, Optional<AttributeSelector> also) {
    filter = wanted;
    selector = also;
    result = null;
    refreshAll();
  }

  /** How many match, in words; empty if nothing is filtered. */
  String summary() {
    if (selector.isEmpty()) {
      return filter.equals(SessionFilter.ALL) ? "" : Texts.count(sessions.count(filter)) + " match";
    }
    SessionSearch.Found found = found(Optional.empty());
    String matches = Texts.count(found.sessions().size());
    if (found.cutShort()) {
      return matches + " match among the first " + Texts.count(found.scanned()) + " sessions";
    }
    return found.next().isPresent() ? "the first " + matches + " that match" : matches + " match";
  }

  /**
   * @param sort absent: as last time
   */
  private SessionSearch.Found found(Optional<SessionSort> sort) {
    Result last = result;
    SessionSort by = sort.orElseGet(() -> last == null ? SessionSort.NEWEST_FIRST : last.sort());
    if (last != null && last.sort().equals(by) && System.nanoTime() - last.atNs() < FRESH_NS) {
      return last.found();
    }
    AttributeSelector matching = selector.orElseThrow();
    var wanted =
        new SessionSearch.Wanted(
            filter.narrowedBy(matching.equalities()), row -> matching.matches(row::attribute));
    SessionSearch.Found found =
        search.find(wanted, by, Optional.empty(), SessionDirectory.MAX_PAGE);
    result = new Result(by, found, System.nanoTime());
    return found;
  }

  @Override
  public UUID getId(SessionRow row) {
    return row.id();
  }

  @Override
  protected Stream<SessionRow> fetchFromBackEnd(Query<SessionRow, Void> query) {
    int offset = query.getOffset();
    int limit = Math.min(query.getLimit(), SessionDirectory.MAX_PAGE);
    try {
      if (selector.isPresent()) {
        List<SessionRow> matches = found(Optional.of(sort(query))).sessions();
        return matches.stream().skip(offset).limit(limit);
      }
      return sessions.window(filter, sort(query), offset, limit).stream();
    } catch (RuntimeException e) {
      log.warn("Sessions cannot be read: {}", e.toString());
      return Stream.empty();
    }
  }

  @Override
  protected int sizeInBackEnd(Query<SessionRow, Void> query) {
    try {
      if (selector.isPresent()) {
        return found(Optional.empty()).sessions().size();
      }
      return (int) Math.min(sessions.count(filter), Integer.MAX_VALUE);
    } catch (RuntimeException e) {
      log.warn("Sessions cannot be counted: {}", e.toString());
      return 0;
    }
  }

  private static SessionSort sort(Query<SessionRow, Void> query) {
    return query.getSortOrders().stream()
        .findFirst()
        .map(
            order ->
                new SessionSort(
                    SessionSort.By.valueOf(order.getSorted()),
                    order.getDirection() == SortDirection.DESCENDING))
        .orElse(SessionSort.NEWEST_FIRST);
  }
}
