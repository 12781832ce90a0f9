package io.trunkline.console;

import com.vaadin.flow.data.provider.AbstractBackEndDataProvider;
import com.vaadin.flow.data.provider.Query;
import com.vaadin.flow.data.provider.SortDirection;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.SessionSort;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a grid the rows that it shows and no others. While the database is away the grid is empty
 * instead of broken; the banner says why.
 */
final class SessionQuery extends AbstractBackEndDataProvider<SessionRow, Void> {
  private static final Logger log = LoggerFactory.getLogger(SessionQuery.class);

  private final transient SessionDirectory sessions;
  private transient SessionFilter filter = SessionFilter.ALL;

  SessionQuery(SessionDirectory sessions) {
    this.sessions = sessions;
  }

  void filter(SessionFilter wanted) {
    filter = wanted;
    refreshAll();
  }

  SessionFilter filter() {
    return filter;
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
      return sessions.window(filter, sort(query), offset, limit).stream();
    } catch (RuntimeException e) {
      log.warn("Sessions cannot be read: {}", e.toString());
      return Stream.empty();
    }
  }

  @Override
  protected int sizeInBackEnd(Query<SessionRow, Void> query) {
    try {
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
