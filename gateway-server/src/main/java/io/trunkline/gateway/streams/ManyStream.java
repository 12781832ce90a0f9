package io.trunkline.gateway.streams;

import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import java.util.List;
import java.util.function.Consumer;

/**
 * A stream for many on this node: puts what arrives in order, each offset once, and reads from the
 * database what did not arrive. Thread-safe; blocks, so never on an event loop.
 */
final class ManyStream {
  private static final int PAGE = 100;

  private final StreamKey key;
  private final MessageStore store;
  private volatile long epoch;
  private volatile long last;
  private boolean ready; // guarded by this
  private StreamHead seen = StreamHead.EMPTY; // guarded by this
  private int followers; // guarded by ManyStreams

  ManyStream(StreamKey key, MessageStore store) {
    this.key = key;
    this.store = store;
  }

  StreamKey key() {
    return key;
  }

  long epoch() {
    return epoch;
  }

  /** The greatest offset that was given to the event loops. */
  long last() {
    return last;
  }

  int follow(int change) {
    followers += change;
    return followers;
  }

  /**
   * Finds out where the stream stands, the first time. What is stored from then on must arrive or
   * is noticed as missing.
   */
  synchronized void prepare(StreamHead head) {
    if (!ready) {
      epoch = head.epoch();
      last = head.lastOffset();
      ready = true;
    }
  }

  /** A message has arrived; it and what is missing before it go to {@code then} in order. */
  synchronized void arrived(StoredMessage stored, Consumer<StoredMessage> then) {
    if (!ready) {
      prepare(store.heads(List.of(key)).getOrDefault(key, StreamHead.EMPTY));
    }
    if (stored.epoch() != epoch) {
      epoch = stored.epoch();
      last = 0;
    }
    readUpTo(stored.offset() - 1, then);
    if (stored.offset() > last) {
      give(stored, then);
    }
  }

  /**
   * What was stored and has not arrived by the next look does not arrive any more: the broker was
   * killed with it. It is read instead.
   */
  synchronized void look(StreamHead head, Consumer<StoredMessage> then) {
    if (!ready) {
      return;
    }
    boolean again = head.epoch() != 0 && seen.epoch() == head.epoch();
    if (again && (epoch != head.epoch() || last < seen.lastOffset())) {
      if (epoch != head.epoch()) {
        epoch = head.epoch();
        last = 0;
      }
      readUpTo(seen.lastOffset(), then);
      last = Math.max(last, seen.lastOffset());
    }
    seen = head;
  }

  private void readUpTo(long offset, Consumer<StoredMessage> then) {
    while (last < offset) {
      boolean any = false;
      for (StoredMessage one : store.read(key, last, PAGE)) {
        if (one.offset() <= offset) {
          give(one, then);
          any = true;
        }
      }
      if (!any) {
        break; // the rest has expired or was given up
      }
    }
  }

  /** Counted first: who begins to follow meanwhile either gets it or starts behind it. */
  private void give(StoredMessage stored, Consumer<StoredMessage> then) {
    last = stored.offset();
    then.accept(stored);
  }
}
