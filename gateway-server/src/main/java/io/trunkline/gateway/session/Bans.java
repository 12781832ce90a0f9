package io.trunkline.gateway.session;

import io.trunkline.persistence.BanStore;
import io.trunkline.persistence.BanStore.Ban;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bans as this node knows them: read from the database at start, at intervals, and when another
 * program says that they have changed. Thread-safe; looking one up does not block.
 */
public final class Bans {
  /** More active bans than this are beyond what bans are for; the latest ends are kept. */
  private static final int MAX = 100_000;

  private final BanStore store;
  private final InstantSource clock;
  private volatile Map<String, List<Ban>> byUser = Map.of();

  public Bans(BanStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Reads them again. Blocks. */
  public void refresh() {
    Map<String, List<Ban>> read = new HashMap<>();
    for (Ban ban : store.active(MAX)) {
      read.merge(
          ban.user(),
          List.of(ban),
          (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
    }
    byUser = read;
  }

  /** Enters a ban. Blocks. */
  public void add(Ban ban) {
    store.add(ban);
    refresh();
  }

  /** Until when this user's device may not connect; empty if it may. */
  Optional<Instant> until(String user, String device) {
    Instant now = clock.instant();
    return byUser.getOrDefault(user, List.of()).stream()
        .filter(ban -> ban.device().isEmpty() || ban.device().get().equals(device))
        .map(Ban::until)
        .filter(until -> until.isAfter(now))
        .max(Instant::compareTo);
  }
}
