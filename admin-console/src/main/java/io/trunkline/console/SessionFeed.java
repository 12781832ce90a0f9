package io.trunkline.console;

import com.vaadin.flow.shared.Registration;
import io.trunkline.jms.SessionEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells open pages that sessions have changed. One subscription at the broker for the whole
 * process; each page hears of it at most once per interval, and now and then without any event.
 * Thread-safe.
 */
final class SessionFeed {
  /** A node writes sessions in batches: what an event announces is in the database a bit later. */
  private static final Duration SETTLE = Duration.ofSeconds(3);

  private final Background background;
  private final Duration pushInterval;
  private final Set<Coalescer> pages = ConcurrentHashMap.newKeySet();
  private final Coalescer settled;

  SessionFeed(Background background, Duration pushInterval, Duration refreshInterval) {
    this.background = background;
    this.pushInterval = pushInterval;
    this.settled = new Coalescer(background, SETTLE, this::signalPages);
    background.every(refreshInterval, this::signalPages);
  }

  /** For {@code JmsBridge.consumeEvents}; does not block. */
  void accept(@SuppressWarnings("unused") SessionEvent event) {
    signalPages();
    settled.signal();
  }

  /**
   * @param refresh called on a virtual thread, never twice at a time
   */
  Registration subscribe(Runnable refresh) {
    var page = new Coalescer(background, pushInterval, refresh);
    pages.add(page);
    return () -> {
      pages.remove(page);
      page.close();
    };
  }

  int subscribers() {
    return pages.size();
  }

  /** Lets pages read again, at most once per interval. */
  void signalPages() {
    pages.forEach(Coalescer::signal);
  }
}
