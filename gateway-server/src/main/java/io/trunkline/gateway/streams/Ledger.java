package io.trunkline.gateway.streams;

import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.Attempt;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Settled;
import io.trunkline.persistence.Settlement;
import io.trunkline.persistence.StreamKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what became of stored messages, in batches, on a thread of its own. What is handed over is
 * kept until the database has it: while that is away nothing new can be stored or read, so no more
 * than the sessions' windows can pile up; only steps of traces are dropped beyond a bound.
 * Thread-safe; does not block.
 */
final class Ledger implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final int BATCH = 1_000;
  private static final int MAX_ENTRIES = 200_000;

  /** How long the first entry of a batch waits for others. */
  private static final long LINGER_MS = 2;

  private static final long RETRY_MS = 250;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private sealed interface Entry {}

  private record Settle(Settlement settlement, Slip slip) implements Entry {}

  private record Step(DeliveryStep step) implements Entry {}

  private record InVain(Attempt attempt, Runnable then) implements Entry {}

  private record CloseMany(StreamKey stream, long epoch, long offset) implements Entry {}

  private record Wake() implements Entry {}

  private final String node;
  private final MessageStore store;
  private final ReceiptWriter writer;
  private final ReceiptSender sender;
  private final StreamCounts counts;
  private final int maxAttempts;
  private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  /** Starts its thread. */
  Ledger(
      String node, MessageStore store, ReceiptWriter writer, ReceiptSender sender, Limits limits) {
    this.node = node;
    this.store = store;
    this.writer = writer;
    this.sender = sender;
    this.counts = limits.counts();
    this.maxAttempts = limits.maxAttempts();
    this.thread = Thread.ofPlatform().name("stream-ledger").daemon().start(this::run);
  }

  /**
   * @param maxAttempts in vain, after which a message is dead
   */
  record Limits(int maxAttempts, StreamCounts counts) {}

  /** Tells whether a settlement is in the database. Any thread. */
  static final class Slip {
    private volatile boolean written;

    boolean isWritten() {
      return written;
    }
  }

  Slip settle(Settlement settlement) {
    var slip = new Slip();
    waiting.add(new Settle(settlement, slip));
    return slip;
  }

  void step(DeliveryStep step) {
    if (waiting.size() > MAX_ENTRIES) {
      counts.stepsDropped.increment();
    } else {
      waiting.add(new Step(step));
    }
  }

  /** Notes an attempt in vain; {@code then} runs on the ledger's thread when it is written. */
  void inVain(Attempt attempt, Runnable then) {
    waiting.add(new InVain(attempt, then));
  }

  /** All recipients of a message for many have answered. */
  void closeMany(StreamKey stream, long epoch, long offset) {
    waiting.add(new CloseMany(stream, epoch, offset));
  }

  /** Entries that are not written yet. */
  int backlog() {
    return waiting.size();
  }

  private void run() {
    try {
      while (true) {
        List<Entry> batch = gather();
        if (batch.isEmpty() && closing) {
          return;
        }
        write(batch);
      }
    } catch (InterruptedException e) {
      if (!waiting.isEmpty()) {
        log.warn("{} acknowledgements and steps could not be written", waiting.size());
      }
    }
  }

  private List<Entry> gather() throws InterruptedException {
    List<Entry> batch = new ArrayList<>();
    if (closing && waiting.isEmpty()) {
      return batch;
    }
    batch.add(waiting.take());
    waiting.drainTo(batch, BATCH - 1);
    if (batch.size() < BATCH && !closing) {
      TimeUnit.MILLISECONDS.sleep(LINGER_MS);
      waiting.drainTo(batch, BATCH - batch.size());
    }
    return batch;
  }

  private void write(List<Entry> batch) throws InterruptedException {
    List<Settle> settles = new ArrayList<>();
    List<DeliveryStep> steps = new ArrayList<>();
    List<InVain> inVain = new ArrayList<>();
    List<CloseMany> toClose = new ArrayList<>();
    for (Entry entry : batch) {
      switch (entry) {
        case Settle settle -> settles.add(settle);
        case Step step -> steps.add(step.step());
        case InVain attempt -> inVain.add(attempt);
        case CloseMany many -> toClose.add(many);
        case Wake _ -> {}
      }
    }
    // Each is repeated until it is done, and may be: they take effect once.
    if (!steps.isEmpty()) {
      untilDone(
          () -> {
            store.record(steps);
            return null;
          },
          done -> {});
    }
    if (!settles.isEmpty()) {
      List<Settlement> settlements = settles.stream().map(Settle::settlement).toList();
      untilDone(() -> store.settle(settlements, writer), this::done);
      settles.forEach(settle -> settle.slip().written = true);
    }
    if (!inVain.isEmpty()) {
      List<Attempt> attempts = inVain.stream().map(InVain::attempt).toList();
      untilDone(() -> store.attemptsFailed(attempts, maxAttempts, writer), this::done);
      inVain.forEach(attempt -> attempt.then().run());
    }
    for (CloseMany many : toClose) {
      untilDone(
          () -> store.close(many.stream(), many.epoch(), many.offset(), node, writer), this::done);
    }
  }

  private interface Call {
    @Nullable SettleResult run();
  }

  private void untilDone(Call call, Consumer<SettleResult> then) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        SettleResult result = call.run();
        if (result != null) {
          then.accept(result);
        }
        return;
      } catch (RuntimeException e) {
        if (attempt == 1) {
          log.warn("what became of messages cannot be written yet: {}", e.toString());
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      }
    }
  }

  private void done(SettleResult result) {
    for (Settled settled : result.settled()) {
      switch (settled.outcome()) {
        case APPLIED -> counts.settled.increment();
        case ALREADY -> counts.lateAcks.increment();
        case UNKNOWN -> counts.unknownAcks.increment();
      }
    }
    sender.send(result.receipts());
  }

  /** Writes what is there, for a few seconds at the most. */
  @Override
  public void close() {
    closing = true;
    waiting.add(new Wake());
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
