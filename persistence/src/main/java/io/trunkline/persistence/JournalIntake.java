package io.trunkline.persistence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Records on their way: any thread puts them in without a lock, the writer's thread takes them out,
 * merged by session, in the order in which sessions first appeared.
 */
final class JournalIntake {
  /** Somebody waits until nothing of a session waits. */
  private record Watch(UUID id, CompletableFuture<Void> settled) {}

  private final Queue<Object> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable Thread sleeper;
  private volatile boolean watched;

  /** The writer's alone. */
  private final Map<UUID, JournalRecord> merged = new LinkedHashMap<>();

  /** The writer's alone. */
  private final Map<UUID, List<CompletableFuture<Void>>> watches = new HashMap<>();

  /** Any thread; does not block. */
  void add(JournalRecord record) {
    waiting.incrementAndGet();
    arrived.add(record);
    wake();
  }

  /** Any thread: done when nothing waits of this session that was added before. */
  CompletableFuture<Void> settled(UUID id) {
    var settled = new CompletableFuture<Void>();
    arrived.add(new Watch(id, settled));
    watched = true;
    wake();
    return settled;
  }

  /** Somebody waits for what has arrived: no time to wait for more. */
  boolean watched() {
    return watched;
  }

  /** The writer ends: nobody shall wait for it. */
  void giveUpWatches() {
    collect();
    watches.values().forEach(waiting -> waiting.forEach(settled -> settled.complete(null)));
    watches.clear();
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
    watched = false;
    for (Object next = arrived.poll(); next != null; next = arrived.poll()) {
      switch (next) {
        case JournalRecord record -> {
          if (merged.containsKey(record.id())) {
            waiting.decrementAndGet();
          }
          merged.merge(record.id(), record, JournalRecord::merge);
        }
        case Watch watch when merged.containsKey(watch.id()) ->
            watches.computeIfAbsent(watch.id(), id -> new ArrayList<>(1)).add(watch.settled());
        case Watch watch -> watch.settled().complete(null);
        default -> throw new IllegalStateException("in the queue: " + next);
      }
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
      List<CompletableFuture<Void>> settled = watches.remove(record.id());
      if (settled != null) {
        settled.forEach(watch -> watch.complete(null));
      }
    }
  }
}
