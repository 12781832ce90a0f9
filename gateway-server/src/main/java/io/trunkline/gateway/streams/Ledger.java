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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what became of stored messages, in batches, on a thread of its own. What is handed over is
 * kept until the database has it: while that is away nothing new can be stored or read, so no more
 * than the sessions' windows can pile up; only steps of traces are dropped beyond a bound, and what
 * the database takes in no case ({@link PatientWriter}). Thread-safe; does not block.
 */
final class Ledger implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final int BATCH = 1_000;
  private static final int MAX_ENTRIES = 200_000;

  /** How long the first entry of a batch waits for others. */
  private static final long LINGER_MS = 2;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private sealed interface Entry {}

  private record Settle(Settlement settlement, Slip slip) implements Entry {}

  private record Step(DeliveryStep step) implements Entry {}

  private record InVain(Attempt attempt, Runnable then) implements Entry {}

  private record CloseMany(StreamKey stream, long epoch, long offset) implements Entry {}

  private record Wake() implements Entry {}

  private final ReceiptSender sender;
  private final StreamCounts counts;
  private final PatientWriter writer;
  private final PatientWriter.Work<Step> writeSteps;
  private final PatientWriter.Work<Settle> writeSettles;
  private final PatientWriter.Work<InVain> writeInVain;
  private final PatientWriter.Work<CloseMany> writeClose;
  private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  /** Starts its thread. */
  Ledger(
      String node,
      MessageStore store,
      ReceiptWriter receipts,
      ReceiptSender sender,
      Limits limits) {
    this.sender = sender;
    this.counts = limits.counts();
    this.writer = new PatientWriter(counts);
    this.writeSteps =
        new PatientWriter.Work<>(
            steps -> store.record(steps.stream().map(Step::step).toList()),
            step -> step.step().kind() + " of " + step.step().messageId(),
            step -> {},
            step -> {});
    // Of what is refused, nothing is kept in memory either: a message whose acknowledgement cannot
    // be written stays as it is, and comes again at the next connection.
    this.writeSettles =
        new PatientWriter.Work<>(
            settles ->
                done(store.settle(settles.stream().map(Settle::settlement).toList(), receipts)),
            settle -> settle.settlement().outcome() + " of " + settle.settlement().messageId(),
            settle -> settle.slip().written = true,
            settle -> settle.slip().written = true);
    // One that cannot be counted is made again all the same.
    this.writeInVain =
        new PatientWriter.Work<>(
            inVain ->
                done(
                    store.attemptsFailed(
                        inVain.stream().map(InVain::attempt).toList(),
                        limits.maxAttempts(),
                        receipts)),
            inVain -> "an attempt in vain, " + inVain.attempt(),
            inVain -> inVain.then().run(),
            inVain -> inVain.then().run());
    this.writeClose =
        new PatientWriter.Work<>(
            one -> {
              CloseMany many = one.getFirst();
              done(store.close(many.stream(), many.epoch(), many.offset(), node, receipts));
            },
            many -> "the summary of " + many.offset() + " in " + many.stream(),
            many -> {},
            many -> {});
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
    List<Step> steps = new ArrayList<>();
    List<InVain> inVain = new ArrayList<>();
    List<CloseMany> toClose = new ArrayList<>();
    for (Entry entry : batch) {
      switch (entry) {
        case Settle settle -> settles.add(settle);
        case Step step -> steps.add(step);
        case InVain attempt -> inVain.add(attempt);
        case CloseMany many -> toClose.add(many);
        case Wake _ -> {}
      }
    }
    // Each is repeated until it is done, and may be: they take effect once.
    writer.write(steps, writeSteps);
    writer.write(settles, writeSettles);
    writer.write(inVain, writeInVain);
    for (CloseMany many : toClose) {
      writer.write(List.of(many), writeClose);
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
