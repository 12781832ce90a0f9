package io.trunkline.gateway.streams;

import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredReceipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends receipts that are committed in the database, and then forgets them there. What it cannot
 * hold or did not send before a crash is still in the database and is taken over from there.
 * Thread-safe; does not block.
 */
final class ReceiptSender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReceiptSender.class);
  private static final int BATCH = 500;
  private static final int MAX_WAITING = 50_000;
  private static final long RETRY_MS = 250;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final MessageStore store;
  private final Streams.ReceiptLink link;
  private final StreamCounts counts;
  private final LinkedBlockingQueue<StoredReceipt> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
  private final Thread thread;
  private volatile boolean idle = true;
  private volatile boolean closing;

  ReceiptSender(MessageStore store, Streams.ReceiptLink link, StreamCounts counts) {
    this.store = store;
    this.link = link;
    this.counts = counts;
    this.thread = Thread.ofPlatform().name("receipt-sender").daemon().start(this::run);
  }

  void send(List<StoredReceipt> receipts) {
    for (StoredReceipt receipt : receipts) {
      if (!waiting.offer(receipt)) {
        return; // taken over from the database later
      }
    }
  }

  /** Has nothing in hand: what the database still has is nobody's, or another node's. */
  boolean idle() {
    return idle && waiting.isEmpty();
  }

  private void run() {
    List<StoredReceipt> batch = new ArrayList<>();
    try {
      while (!closing || !waiting.isEmpty()) {
        StoredReceipt first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          idle = false;
          batch.add(first);
          waiting.drainTo(batch, BATCH - 1);
          deliver(batch);
          batch.clear();
          idle = true;
        }
      }
    } catch (InterruptedException e) {
      log.debug("stops", e);
    }
  }

  private void deliver(List<StoredReceipt> batch) throws InterruptedException {
    boolean sent = false;
    for (int attempt = 1; ; attempt++) {
      try {
        if (!sent) {
          List<UUID> undeliverable = link.send(batch);
          counts.receiptsSent.add(batch.size() - undeliverable.size());
          counts.receiptsUndeliverable.add(undeliverable.size());
          sent = true;
        }
        store.receiptsSent(batch.stream().map(StoredReceipt::id).toList());
        return;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        if (attempt == 1) {
          log.warn("{} receipts must wait: {}", batch.size(), e.toString());
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      }
    }
  }

  @Override
  public void close() {
    closing = true;
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
