package io.trunkline.console;

import io.trunkline.jms.AttributeSelector;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionSearch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom an audience would reach now, without sending anything. Thread-safe; blocks for seconds. */
final class AudienceCount {
  private static final Logger log = LoggerFactory.getLogger(AudienceCount.class);

  private final SessionSearch search;

  AudienceCount(SessionDirectory sessions) {
    this.search = new SessionSearch(sessions, SessionSearch.Limits.OF_A_COUNT);
  }

  /** For example {@code 12 connected sessions, and 3 that may come back}. */
  String words(AttributeSelector selector) {
    try {
      var filter = SessionFilter.ALL.narrowedBy(selector.equalities());
      return words(
          search.count(new SessionSearch.Wanted(filter, row -> selector.matches(row::attribute))));
    } catch (RuntimeException e) {
      log.warn("An audience cannot be counted: {}", e.toString());
      return "a number of sessions that is not known: the database does not answer";
    }
  }

  private static String words(SessionSearch.Tally tally) {
    return (tally.complete() ? "" : "at least ")
        + Texts.sessions(tally.active(), "connected")
        + (tally.detached() == 0
            ? ""
            : ", and " + Texts.count(tally.detached()) + " that may come back");
  }
}
