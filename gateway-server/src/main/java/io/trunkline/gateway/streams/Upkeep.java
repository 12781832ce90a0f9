package io.trunkline.gateway.streams;

import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.ReceiptWriter;
import io.trunkline.persistence.MessageStore.SettleResult;
import io.trunkline.persistence.Settled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must happen although no message and no client asks for it: expiry, messages that nobody
 * sends, summaries that are due, receipts that a dead node left behind, history's end. Every node
 * does it; the database sees to it that each thing is done once.
 */
final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final int LIMIT = 1_000;
  private static final int MAX_ROUNDS = 20;
  private static final long INTERVAL_MS = 1_000;
  private static final long PRUNE_INTERVAL_MIN = 5;
  private static final Duration RECEIPT_AGE = Duration.ofSeconds(15);

  private final String node;
  private final StreamsConfig config;
  private final MessageStore store;
  private final ReceiptWriter writer;
  private final ReceiptSender sender;
  private final Work work;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("stream-upkeep").daemon().factory());
  private boolean failing; // timer's thread

  /**
   * @param look is given users whose sessions here may miss something
   * @param lookAtMany looks whether streams for many have come as far here as they are
   * @param counts is told how many messages were settled
   * @param ackTimeout after which a message for many is summed up
   * @param held whether the node may act for the cluster
   */
  record Work(
      Consumer<String> look,
      Runnable lookAtMany,
      StreamCounts counts,
      Duration ackTimeout,
      BooleanSupplier held) {}

  Upkeep(
      String node,
      StreamsConfig config,
      MessageStore store,
      ReceiptWriter writer,
      ReceiptSender sender,
      Work work) {
    this.node = node;
    this.config = config;
    this.store = store;
    this.writer = writer;
    this.sender = sender;
    this.work = work;
  }

  void start() {
    timer.scheduleWithFixedDelay(
        () -> guarded(this::round), INTERVAL_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        () -> guarded(this::prune), 1, PRUNE_INTERVAL_MIN, TimeUnit.MINUTES);
    long lookMs = config.overdueAfter().toMillis();
    timer.scheduleWithFixedDelay(
        () -> guarded(work.lookAtMany()), lookMs, lookMs, TimeUnit.MILLISECONDS);
  }

  private void guarded(Runnable task) {
    if (!work.held().getAsBoolean()) {
      return;
    }
    try {
      task.run();
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        log.warn("stored messages cannot be looked after at present: {}", e.toString());
      }
      failing = true;
    }
  }

  private void round() {
    whileFull(() -> done(store.sweep(node, LIMIT, writer)));
    whileFull(() -> done(store.closeDue(work.ackTimeout(), LIMIT, node, writer)));
    List<String> users =
        store.overdue(node, config.overdueAfter(), config.overdueAfter().multipliedBy(6), LIMIT);
    users.forEach(work.look());
    if (sender.idle()) {
      sender.send(store.takeOverReceipts(RECEIPT_AGE, LIMIT));
    }
  }

  private interface Round {
    int run();
  }

  private static void whileFull(Round round) {
    for (int i = 0; i < MAX_ROUNDS && round.run() >= LIMIT; i++) {
      // again
    }
  }

  private int done(SettleResult result) {
    work.counts()
        .settled
        .add(
            result.settled().stream()
                .filter(one -> one.outcome() == Settled.Outcome.APPLIED)
                .count());
    sender.send(result.receipts());
    return result.settled().size();
  }

  private void prune() {
    whileFull(
        () ->
            store.prune(
                config.userHistory(), config.topicHistory(), config.topicHistoryCount(), LIMIT));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
