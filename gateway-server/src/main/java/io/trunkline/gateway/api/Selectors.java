package io.trunkline.gateway.api;

import io.trunkline.jms.AttributeSelector;
import io.trunkline.jms.InvalidSelector;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionSearch;

/** Selectors in requests; one that cannot be understood ends the request with its place. */
final class Selectors {
  private Selectors() {}

  static AttributeSelector read(String text) {
    try {
      return AttributeSelector.of(text);
    } catch (InvalidSelector e) {
      throw ApiException.selector(e);
    }
  }

  /** What meets both; the database checks as much of the selector as it plainly can. */
  static SessionSearch.Wanted wanted(String text, SessionFilter filter) {
    AttributeSelector selector = read(text);
    return new SessionSearch.Wanted(
        filter.narrowedBy(selector.equalities()), row -> selector.matches(row::attribute));
  }
}
