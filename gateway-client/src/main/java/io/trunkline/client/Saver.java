package io.trunkline.client;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one client's state to its store, in batches. Event loop only; stores elsewhere. */
final class Saver {
  private static final Logger LOG = LoggerFactory.getLogger(Saver.class);
  static final long BATCH_MS = 200;
  private static final long AFTER_FAILURE_MS = 2_000;

  private final PositionStore store;
  private final ClientThreads threads;
  private final Supplier<SavedState> snapshot;
  private @Nullable String client;
  private boolean dirty;
  private boolean scheduled;
  private boolean saving;
  private boolean failing;
  private @Nullable Runnable last;

  Saver(PositionStore store, ClientThreads threads, Supplier<SavedState> snapshot) {
    this.store = store;
    this.threads = threads;
    this.snapshot = snapshot;
  }

  /** From now on this client's state; loaded before, by whoever calls this. */
  void open(String name) {
    client = name;
    dirty = false;
  }

  /** Something changed: saved within the next batch. */
  void changed() {
    dirty = true;
    if (!scheduled && !saving) {
      schedule(failing ? AFTER_FAILURE_MS : BATCH_MS);
    }
  }

  private void schedule(long delayMs) {
    scheduled = true;
    try {
      threads.loop().schedule(this::due, delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The event loop is shut down: positions are not saved any more.");
    }
  }

  private void due() {
    scheduled = false;
    saveNow();
  }

  /** Without waiting for the batch. */
  void saveNow() {
    if (dirty && !saving && client != null) {
      dirty = false;
      saving = true;
      String name = client;
      SavedState state = snapshot.get();
      elsewhere(() -> save(name, state));
    }
  }

  private void save(String name, SavedState state) {
    boolean done = false;
    try {
      store.save(name, state);
      done = true;
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "Cannot save positions of {}: {}. What is not saved may be shown again.",
          name,
          e.toString());
    }
    boolean saved = done;
    threads.onLoop(() -> saved(saved));
  }

  private void saved(boolean done) {
    saving = false;
    failing = !done;
    if (last != null) {
      // The end does not wait for a disk that fails.
      if (done) {
        saveNow();
      }
      if (!saving) {
        release(last);
      }
    } else if (!done || dirty) {
      changed();
    }
  }

  /** Saves what is left and lets go, then does the rest. */
  void end(Runnable then) {
    last = then;
    saveNow();
    if (!saving) {
      release(then);
    }
  }

  private void release(Runnable then) {
    String name = client;
    client = null;
    if (name == null) {
      then.run();
      return;
    }
    elsewhere(
        () -> {
          store.release(name);
          if (!threads.onLoop(then)) {
            then.run();
          }
        });
  }

  private void elsewhere(Runnable task) {
    try {
      threads.callbacks().execute(task);
    } catch (RejectedExecutionException e) {
      // The application has shut its executor down first. A file must be let go nevertheless.
      task.run();
    }
  }
}
