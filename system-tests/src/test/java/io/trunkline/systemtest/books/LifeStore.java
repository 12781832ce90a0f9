package io.trunkline.systemtest.books;

import io.trunkline.client.Position;
import io.trunkline.client.PositionStore;
import io.trunkline.client.SavedState;
import java.io.IOException;
import java.util.List;

/**
 * What one life of a client's program can save: nothing after its death. Its death is not the end
 * of this process, so that it is played here.
 */
final class LifeStore implements PositionStore {
  private final PositionStore disk;
  private volatile boolean dead;
  private volatile List<Position> saved = List.of();

  LifeStore(PositionStore disk) {
    this.disk = disk;
  }

  void die() {
    dead = true;
  }

  /** Whether a position in this stream was saved in this life. */
  boolean knows(String stream) {
    return saved.stream().anyMatch(position -> position.stream().equals(stream));
  }

  @Override
  public SavedState load(String client) throws IOException {
    return disk.load(client);
  }

  @Override
  public void save(String client, SavedState state) throws IOException {
    if (!dead) {
      disk.save(client, state);
      saved = state.positions();
    }
  }

  @Override
  public void release(String client) {
    disk.release(client);
  }
}
