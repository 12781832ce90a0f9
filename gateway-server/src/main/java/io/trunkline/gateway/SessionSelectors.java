package io.trunkline.gateway;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionAttributes;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.jms.AttributeSelector;
import io.trunkline.jms.InvalidSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Audiences' selectors over this node's sessions. */
record SessionSelectors(String node) implements Streams.SelectorMatch {
  private static final Logger log = LoggerFactory.getLogger(SessionSelectors.class);

  @Override
  public boolean matches(String selector, Session session) {
    try {
      return AttributeSelector.of(selector).matches(SessionAttributes.of(session, node));
    } catch (InvalidSelector e) {
      // It was parsed before it was stored; an earlier release may have understood another
      // language.
      log.warn("a stored selector is not understood and matches nobody: {}", e.getMessage());
      return false;
    }
  }
}
