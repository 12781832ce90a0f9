package io.trunkline.client;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Calls of one connection that have no answer yet. Event loop only. */
final class OutstandingCalls {
  private record Pending(CompletableFuture<CallResult> outcome, long deadlineNs) {}

  private final LongObjectMap<Pending> bySeq = new LongObjectHashMap<>();
  private long lastSeq;
  private boolean deadlineKnown;
  private long nextDeadlineNs;

  int size() {
    return bySeq.size();
  }

  long nextSeq() {
    return ++lastSeq;
  }

  void add(long seq, CompletableFuture<CallResult> outcome, long deadlineNs) {
    bySeq.put(seq, new Pending(outcome, deadlineNs));
    noticeDeadline(deadlineNs);
  }

  /** An answer to a call that is not outstanding (any more) is dropped. */
  void answer(Response response) {
    Pending call = bySeq.remove(response.getSeq());
    if (call != null) {
      call.outcome().complete(CallResult.of(response));
    }
  }

  void expire(long nowNs) {
    if (!deadlineKnown || nowNs - nextDeadlineNs < 0) {
      return;
    }
    deadlineKnown = false;
    List<Pending> late = new ArrayList<>();
    Iterator<LongObjectMap.PrimitiveEntry<Pending>> entries = bySeq.entries().iterator();
    while (entries.hasNext()) {
      Pending call = entries.next().value();
      if (nowNs - call.deadlineNs() >= 0) {
        late.add(call);
        entries.remove();
      } else {
        noticeDeadline(call.deadlineNs());
      }
    }
    // Last: a dependent of an outcome may make the next call.
    end(late, Status.DEADLINE_EXCEEDED, "no answer in time");
  }

  void cancelAll(String why) {
    List<Pending> all = new ArrayList<>(bySeq.values());
    bySeq.clear();
    end(all, Status.CANCELLED, why);
  }

  private void noticeDeadline(long deadlineNs) {
    if (!deadlineKnown || deadlineNs - nextDeadlineNs < 0) {
      deadlineKnown = true;
      nextDeadlineNs = deadlineNs;
    }
  }

  private static void end(List<Pending> calls, Status status, String message) {
    calls.forEach(call -> call.outcome().complete(CallResult.local(status, message)));
  }
}
