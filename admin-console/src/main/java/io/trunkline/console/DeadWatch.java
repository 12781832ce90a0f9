package io.trunkline.console;

import com.vaadin.flow.shared.Registration;
import io.trunkline.persistence.MessageStore;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts dead messages at intervals, once for all open pages and only while there are any.
 * Thread-safe.
 */
final class DeadWatch {
  private static final Logger log = LoggerFactory.getLogger(DeadWatch.class);

  private final Background background;
  private final MessageStore messages;
  private final Set<Consumer<OptionalLong>> pages = ConcurrentHashMap.newKeySet();
  private volatile OptionalLong last = OptionalLong.empty();

  DeadWatch(Background background, Duration interval, MessageStore messages) {
    this.background = background;
    this.messages = messages;
    background.every(interval, this::look);
  }

  /** At the last look; empty if there was none or the database did not answer. */
  OptionalLong last() {
    return last;
  }

  /**
   * Looks soon, too.
   *
   * @param page called on a virtual thread after each look
   */
  Registration subscribe(Consumer<OptionalLong> page) {
    pages.add(page);
    background.execute(this::look);
    return () -> pages.remove(page);
  }

  /** Looks now; blocks. */
  void look() {
    if (pages.isEmpty()) {
      return;
    }
    OptionalLong now = count();
    last = now;
    pages.forEach(page -> page.accept(now));
  }

  private OptionalLong count() {
    try {
      return OptionalLong.of(messages.countDead(Optional.empty()));
    } catch (RuntimeException e) {
      log.debug("Dead messages cannot be counted", e);
      return OptionalLong.empty();
    }
  }
}
