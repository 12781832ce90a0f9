package io.trunkline.jms;

import jakarta.jms.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Requests that have no outcome yet. Callers wait here; two loops send and receive for them. */
final class UplinkCalls implements UplinkQueues {
  private static final int MAX_OUTSTANDING = 10_000;
  private static final int BATCH = 256;
  private static final long WAIT_MS = 250;

  private final BrokerLink link;
  private final Map<String, UplinkRequest> outstanding = new ConcurrentHashMap<>();
  private final AtomicInteger taken = new AtomicInteger();
  private final LinkedBlockingQueue<UplinkRequest> waiting = new LinkedBlockingQueue<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder replies = new LongAdder();
  private final LongAdder strays = new LongAdder();

  UplinkCalls(BrokerLink link) {
    this.link = link;
  }

  @Override
  public Outcome call(Request request) throws InterruptedException {
    if (!link.connected()) {
      return away();
    }
    if (taken.incrementAndGet() > MAX_OUTSTANDING) {
      taken.decrementAndGet();
      return new Outcome.TooMany();
    }
    // At random, not counted up: whoever answers one call must not know the ids of others.
    UplinkRequest call = new UplinkRequest(UUID.randomUUID().toString(), request);
    outstanding.put(call.id(), call);
    try {
      waiting.add(call);
      if (!link.connected()) {
        // Nobody may look at it before the broker is back.
        call.endUnsent(away());
      }
      return call.outcome().get(call.leftNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Outcome.Late();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      outstanding.remove(call.id());
      if (!call.begun()) {
        waiting.remove(call);
      }
      taken.decrementAndGet();
    }
  }

  private static Outcome away() {
    return new Outcome.NotSent("the broker is away");
  }

  /** Those to be sent next, as soon as there are any; empty after a while without. */
  List<UplinkRequest> take() throws InterruptedException {
    List<UplinkRequest> batch = new ArrayList<>();
    UplinkRequest first = waiting.poll(WAIT_MS, TimeUnit.MILLISECONDS);
    if (first != null) {
      batch.add(first);
      waiting.drainTo(batch, BATCH - 1);
    }
    // The others' callers have given up.
    batch.removeIf(call -> !outstanding.containsKey(call.id()) || call.leftNanos() <= 0);
    return batch;
  }

  /** The broker has so many more. */
  void sent(int more) {
    sent.add(more);
  }

  /** A reply has come. */
  void reply(@org.jspecify.annotations.Nullable String id, Outcome outcome) {
    UplinkRequest call = id == null ? null : outstanding.remove(id);
    if (call != null && call.outcome().complete(outcome)) {
      replies.increment();
    } else {
      strays.increment();
    }
  }

  /** No replies come by this connection any more, nor can anything be sent by it. */
  void ended(Connection connection) {
    for (UplinkRequest call : outstanding.values()) {
      call.ended(connection);
    }
  }

  @Override
  public Counts counts() {
    return new Counts(sent.sum(), replies.sum(), strays.sum(), outstanding.size());
  }
}
