package io.trunkline.console;

import com.vaadin.flow.shared.Registration;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at intervals whether database and broker are there. Thread-safe. */
final class HealthWatch {
  private static final Logger log = LoggerFactory.getLogger(HealthWatch.class);

  /** What was there at the last look. */
  record Health(boolean database, boolean broker) {
    static final Health GOOD = new Health(true, true);
  }

  private final Background background;
  private final BooleanSupplier database;
  private final BooleanSupplier broker;
  private final Set<Consumer<Health>> listeners = ConcurrentHashMap.newKeySet();
  private volatile Health last = Health.GOOD;

  HealthWatch(
      Background background, Duration interval, BooleanSupplier database, BooleanSupplier broker) {
    this.background = background;
    this.database = database;
    this.broker = broker;
    background.every(interval, this::look);
  }

  Health last() {
    return last;
  }

  /**
   * @param listener called on a virtual thread when something has gone or come back
   */
  Registration subscribe(Consumer<Health> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void look() {
    var now = new Health(isThere(database), isThere(broker));
    // What the stop of the console has interrupted says nothing about the others.
    if (!now.equals(last) && !background.isClosed()) {
      log.warn(
          "Database {}, broker {}",
          now.database() ? "connected" : "away",
          now.broker() ? "connected" : "away");
      last = now;
      listeners.forEach(listener -> listener.accept(now));
    }
  }

  private static boolean isThere(BooleanSupplier what) {
    try {
      return what.getAsBoolean();
    } catch (RuntimeException e) {
      log.debug("Health cannot be read", e);
      return false;
    }
  }
}
