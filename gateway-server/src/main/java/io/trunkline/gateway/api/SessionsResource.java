package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionPage;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.SessionSearch;
import io.trunkline.persistence.SessionSort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The live sessions of the cluster. */
final class SessionsResource {
  private static final String ATTRIBUTES = "attr.";
  private static final List<String> STATES = List.of("ACTIVE", "DETACHED");
  private static final Set<String> CLUSTER =
      Set.of("local", "user", "node", "state", ATTRIBUTES, "q", "sort", "limit", "cursor");
  private static final Set<String> LOCAL =
      Set.of("local", "user", "state", ATTRIBUTES, "sort", "limit");
  private static final int DEFAULT_LIMIT = 100;

  private static final Map<String, SessionSort.By> SORTS =
      Map.of(
          "user", SessionSort.By.USER,
          "started_at", SessionSort.By.STARTED_AT,
          "node", SessionSort.By.NODE,
          "client", SessionSort.By.CLIENT,
          "remote_address", SessionSort.By.REMOTE_ADDRESS);

  private final SessionDirectory directory;
  private final SessionSearch search;
  private final LocalSessions local;

  SessionsResource(SessionDirectory directory, LocalSessions local) {
    this.directory = directory;
    this.search = new SessionSearch(directory, SessionSearch.Limits.OF_A_PAGE);
    this.local = local;
  }

  /**
   * A page in an answer.
   *
   * @param scanned with a selector: sessions that were looked at
   * @param cutShort with a selector: so many were looked at that the page ends here, not full
   */
  record Page(
      List<SessionView> sessions,
      @Nullable String next,
      @Nullable Long scanned,
      @Nullable Boolean cutShort) {}

  Answer list(ServerRequest request) {
    boolean here = request.query().first("local").map("true"::equals).orElse(false);
    var query = new Query(request.query(), here ? LOCAL : CLUSTER);
    query.flag("local");
    var filter =
        new SessionFilter(
            query.text("user"),
            query.text("node"),
            query.oneOf("state", STATES),
            query.startingWith(ATTRIBUTES));
    int limit = query.number("limit", 1, SessionDirectory.MAX_PAGE, DEFAULT_LIMIT);
    return here
        ? Answer.ok(local.top(filter, query.text("sort"), limit))
        : Answer.ok(page(query, filter, limit));
  }

  private Page page(Query query, SessionFilter filter, int limit) {
    SessionSort by =
        query.text("sort").map(SessionsResource::sort).orElse(SessionSort.NEWEST_FIRST);
    Optional<String> cursor = query.text("cursor");
    Optional<SessionSearch.Wanted> wanted =
        query.text("q").map(selector -> Selectors.wanted(selector, filter));
    try {
      return wanted.isPresent()
          ? page(search.find(wanted.get(), by, cursor, limit))
          : page(directory.page(filter, by, cursor, limit));
    } catch (IllegalArgumentException e) {
      throw ApiException.parameter("cursor", "is not one that this list gave with this sort");
    }
  }

  private static Page page(SessionPage page) {
    return new Page(views(page.sessions()), page.next().orElse(null), null, null);
  }

  private static Page page(SessionSearch.Found found) {
    return new Page(
        views(found.sessions()), found.next().orElse(null), found.scanned(), found.cutShort());
  }

  private static List<SessionView> views(List<SessionRow> rows) {
    return rows.stream().map(SessionView::of).toList();
  }

  private static SessionSort sort(String text) {
    boolean descending = text.startsWith("-");
    SessionSort.By by = SORTS.get(descending ? text.substring(1) : text);
    if (by == null) {
      throw ApiException.parameter(
          "sort",
          "must be one of "
              + String.join(", ", SORTS.keySet().stream().sorted().toList())
              + ", with '-' before it for descending");
    }
    return new SessionSort(by, descending);
  }

  Answer one(ServerRequest request) {
    return Answer.ok(SessionView.of(find(directory, id(request))));
  }

  static UUID id(ServerRequest request) {
    String text = request.path().pathParameters().get("id");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.parameter("id", "must be a session's id (UUID)");
    }
  }

  static SessionRow find(SessionDirectory directory, UUID id) {
    return directory
        .find(id)
        .orElseThrow(
            () -> new ApiException(ProblemType.NOT_FOUND, "there is no live session " + id));
  }
}
