package io.trunkline.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps states for as long as this object lives, for clients that follow one another. */
public final class MemoryPositionStore implements PositionStore {
  private final Map<String, SavedState> states = new ConcurrentHashMap<>();

  @Override
  public SavedState load(String client) {
    return states.getOrDefault(client, SavedState.EMPTY);
  }

  @Override
  public void save(String client, SavedState state) {
    states.put(client, state);
  }
}
