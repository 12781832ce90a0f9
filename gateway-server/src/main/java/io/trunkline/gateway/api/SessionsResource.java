package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionPage;
import io.trunkline.persistence.SessionRow;
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
      Set.of("local", "user", "node", "state", ATTRIBUTES, "sort", "limit", "cursor");
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
  private final LocalSessions local;

  SessionsResource(SessionDirectory directory, LocalSessions local) {
    this.directory = directory;
    this.local = local;
  }

  /** A page in an answer. */
  record Page(List<SessionView> sessions, @Nullable String next) {}

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
    Optional<String> sort = query.text("sort");
    return here
        ? Answer.ok(local.top(filter, sort, limit))
        : Answer.ok(page(filter, sort, query.text("cursor"), limit));
  }

  private Page page(
      SessionFilter filter, Optional<String> sort, Optional<String> cursor, int limit) {
    SessionPage page;
    SessionSort by = sort.map(SessionsResource::sort).orElse(SessionSort.NEWEST_FIRST);
    try {
      page = directory.page(filter, by, cursor, limit);
    } catch (IllegalArgumentException e) {
      throw ApiException.parameter("cursor", "is not one that this list gave with this sort");
    }
    return new Page(
        page.sessions().stream().map(SessionView::of).toList(), page.next().orElse(null));
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
