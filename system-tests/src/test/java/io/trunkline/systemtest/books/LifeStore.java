package io.trunkline.systemtest.books;

import io.trunkline.client.PositionStore;
import io.trunkline.client.SavedState;
import java.io.IOException;

/**
 * What one life of a client's program can save: nothing after its death. Its death is not the end
 * of this process, so that it is played here.
 */
final class LifeStore implements PositionStore {
  private final PositionStore disk;
  private volatile boolean dead;

  LifeStore(PositionStore disk) {
    this.disk = disk;
  }

  void die() {
    dead = true;
  }

  @Override
  public SavedState load(String client) throws IOException {
    return disk.load(client);
  }

  @Override
  public void save(String client, SavedState state) throws IOException {
    if (!dead) {
      disk.save(client, state);
    }
  }

  @Override
  public void release(String client) {
    disk.release(client);
  }
}
