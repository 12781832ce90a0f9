package io.trunkline.invocation;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.trunkline.protocol.v1.Status;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * What was asked on one connection and has no answer yet. On its event loop.
 *
 * @param <T> the outcome
 */
public final class Outstanding<T> {
  private record Pending<T>(CompletableFuture<T> outcome, long deadlineNs) {}

  private final BiFunction<Status, String, T> local;
  private final LongObjectMap<Pending<T>> bySeq = new LongObjectHashMap<>();
  private long lastSeq;
  private boolean deadlineKnown;
  private long nextDeadlineNs;

  /**
   * Makes one.
   *
   * @param local makes the outcome when there is no answer
   */
  public Outstanding(BiFunction<Status, String, T> local) {
    this.local = local;
  }

  /** Those without an outcome. */
  public int size() {
    return bySeq.size();
  }

  /** A number that this has not given out before, not 0. */
  public long nextSeq() {
    return ++lastSeq;
  }

  /**
   * Waits for an answer.
   *
   * @param deadlineNs {@link System#nanoTime} at which it ends {@code DEADLINE_EXCEEDED}
   */
  public void add(long seq, CompletableFuture<T> outcome, long deadlineNs) {
    bySeq.put(seq, new Pending<>(outcome, deadlineNs));
    noticeDeadline(deadlineNs);
  }

  /**
   * An answer to what is not outstanding (any more) is dropped.
   *
   * @return whether it was waited for
   */
  public boolean answer(long seq, T answer) {
    Pending<T> asked = bySeq.remove(seq);
    if (asked == null) {
      return false;
    }
    asked.outcome().complete(answer);
    return true;
  }

  /**
   * Ends what is late. Costs next to nothing while nothing is.
   *
   * @param nowNs {@link System#nanoTime}
   * @return how many were late
   */
  public int expire(long nowNs) {
    if (!deadlineKnown || nowNs - nextDeadlineNs < 0) {
      return 0;
    }
    deadlineKnown = false;
    List<Pending<T>> late = new ArrayList<>();
    Iterator<LongObjectMap.PrimitiveEntry<Pending<T>>> entries = bySeq.entries().iterator();
    while (entries.hasNext()) {
      Pending<T> asked = entries.next().value();
      if (nowNs - asked.deadlineNs() >= 0) {
        late.add(asked);
        entries.remove();
      } else {
        noticeDeadline(asked.deadlineNs());
      }
    }
    // Last: a dependent of an outcome may ask the next.
    end(late, Status.DEADLINE_EXCEEDED, "no answer in time");
    return late.size();
  }

  /**
   * Ends all {@code CANCELLED}.
   *
   * @return how many
   */
  public int cancelAll(String why) {
    List<Pending<T>> all = new ArrayList<>(bySeq.values());
    bySeq.clear();
    end(all, Status.CANCELLED, why);
    return all.size();
  }

  private void noticeDeadline(long deadlineNs) {
    if (!deadlineKnown || deadlineNs - nextDeadlineNs < 0) {
      deadlineKnown = true;
      nextDeadlineNs = deadlineNs;
    }
  }

  private void end(List<Pending<T>> asked, Status status, String message) {
    asked.forEach(one -> one.outcome().complete(local.apply(status, message)));
  }
}
