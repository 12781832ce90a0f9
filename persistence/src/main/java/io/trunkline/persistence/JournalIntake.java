package io.trunkline.persistence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Records on their way: any thread puts them in without a lock, the writer's thread takes them out,
 * merged by session, in the order in which sessions first appeared.
 */
final class JournalIntake {
  private final Queue<JournalRecord> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable Thread sleeper;

  /** The writer's alone. */
  private final Map<UUID, JournalRecord> merged = new LinkedHashMap<>();

  /** Any thread; does not block. */
  void add(JournalRecord record) {
    waiting.incrementAndGet();
    arrived.add(record);
    wake();
  }

  /** Ends the writer's {@link #sleep}. */
  void wake() {
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Records that wait, merged where the writer has seen them already. Any thread. */
  int size() {
    return waiting.get();
  }

  /** The writer: sleeps while there is nothing, until {@link #wake}, perhaps less. */
  void sleep() {
    sleeper = Thread.currentThread();
    // After that line, or a record that arrived just before it would wake nobody.
    if (arrived.isEmpty()) {
      LockSupport.park(this);
    }
    sleeper = null;
  }

  /** The writer: merges what arrived. */
  void collect() {
    for (JournalRecord record = arrived.poll(); record != null; record = arrived.poll()) {
      if (merged.containsKey(record.id())) {
        waiting.decrementAndGet();
      }
      merged.merge(record.id(), record, JournalRecord::merge);
    }
  }

  /** The writer: the oldest records, which stay until they are {@linkplain #remove removed}. */
  List<JournalRecord> oldest(int limit) {
    List<JournalRecord> batch = new ArrayList<>(Math.min(limit, merged.size()));
    for (JournalRecord record : merged.values()) {
      if (batch.size() == limit) {
        break;
      }
      batch.add(record);
    }
    return batch;
  }

  /** The writer: these are done with. */
  void remove(Collection<JournalRecord> records) {
    for (JournalRecord record : records) {
      merged.remove(record.id());
      waiting.decrementAndGet();
    }
  }
}
