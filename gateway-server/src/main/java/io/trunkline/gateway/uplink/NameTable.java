package io.trunkline.gateway.uplink;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map by names that stays as it is. It is asked twice for each call, and a HashMap, which does
 * not know that its keys are strings, takes several times as long for its answer. Thread-safe.
 */
final class NameTable<V> {
  private final Map<String, V> map;

  /** Each entry stands at its hash, or behind at the next free place; at least half are free. */
  private final @Nullable String[] names;

  private final @Nullable Object[] values;

  NameTable(Map<String, V> map) {
    this.map = Map.copyOf(map);
    int places = Integer.highestOneBit(Math.max(1, map.size())) << 2;
    names = new @Nullable String[places];
    values = new @Nullable Object[places];
    this.map.forEach(
        (name, value) -> {
          int place = place(name);
          while (names[place] != null) {
            place = next(place);
          }
          names[place] = name;
          values[place] = value;
        });
  }

  private int place(String name) {
    int hash = name.hashCode();
    return (hash ^ (hash >>> 16)) & (names.length - 1);
  }

  private int next(int place) {
    return (place + 1) & (names.length - 1);
  }

  /** Null: there is none. */
  @SuppressWarnings("unchecked") // only V's are put in
  @Nullable V get(String name) {
    int place = place(name);
    for (String there = names[place]; there != null; there = names[place]) {
      if (there.equals(name)) {
        return (V) values[place];
      }
      place = next(place);
    }
    return null;
  }

  /** The same as a map; cannot be changed. */
  Map<String, V> map() {
    return map;
  }
}
