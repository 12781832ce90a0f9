package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionSearch;
import java.util.Optional;
import java.util.Set;

/** Who an audience would reach, without sending anything. */
final class AudiencesResource {
  private static final Set<String> FIELDS = Set.of("selector");

  private final SessionSearch search;

  AudiencesResource(SessionDirectory directory) {
    this.search = new SessionSearch(directory, SessionSearch.Limits.OF_A_COUNT);
  }

  /**
   * A count in an answer.
   *
   * @param matchedNow sessions that are connected
   * @param offline sessions whose connection is lost and that may still come back
   * @param scanned sessions looked at, after what the database could rule out
   * @param complete false if the time was up before all were looked at
   */
  record Count(long matchedNow, long offline, long scanned, boolean complete) {}

  Answer count(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    Optional<String> selector = JsonFields.read(RequestBody.json(request), FIELDS).text("selector");
    var tally =
        search.count(
            selector
                .map(text -> Selectors.wanted(text, SessionFilter.ALL))
                .orElseGet(() -> new SessionSearch.Wanted(SessionFilter.ALL, row -> true)));
    return Answer.ok(
        new Count(tally.active(), tally.detached(), tally.scanned(), tally.complete()));
  }
}
