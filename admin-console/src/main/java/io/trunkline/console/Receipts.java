package io.trunkline.console;

import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Receipt;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The receipts of the last messages of one browser window, the newest first; bounded. Receipts come
 * on the bridge's thread, are read on the window's; a receipt that comes twice counts once.
 * Thread-safe.
 */
final class Receipts {
  static final int MAX_LINES = 500;
  static final int MAX_MESSAGES = 10;

  /** What there is to show. */
  record Snapshot(List<ReceiptLine> lines, long sent, long acked, long notAcked) {}

  private final Runnable changed;
  private final Deque<ReceiptLine> lines = new ArrayDeque<>();
  private final Deque<JmsBridge.Publication> open = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();
  private final Deque<String> seenInOrder = new ArrayDeque<>();
  private long sent;
  private long acked;
  private long notAcked;

  Receipts(Runnable changed) {
    this.changed = changed;
  }

  /** To be handed to the bridge with the message. */
  void accept(Pushed pushed, Receipt receipt) {
    synchronized (this) {
      if (!remember(receipt.id())) {
        return;
      }
      ReceiptLine line = ReceiptLine.of(pushed, receipt, Instant.now());
      lines.addFirst(line);
      if (lines.size() > MAX_LINES) {
        lines.removeLast();
      }
      switch (line.verdict()) {
        case ACKED -> acked++;
        case NOT_ACKED -> notAcked++;
        case NONE -> {}
      }
    }
    changed.run();
  }

  /** Follows one more message, and no longer the oldest if there are too many. */
  void follow(JmsBridge.Publication publication) {
    List<JmsBridge.Publication> over = new ArrayList<>();
    synchronized (this) {
      sent++;
      open.addLast(publication);
      while (open.size() > MAX_MESSAGES) {
        over.add(open.removeFirst());
      }
    }
    over.forEach(JmsBridge.Publication::close);
    changed.run();
  }

  synchronized Snapshot snapshot() {
    return new Snapshot(List.copyOf(lines), sent, acked, notAcked);
  }

  /** Ends all receipts. */
  void close() {
    List<JmsBridge.Publication> all;
    synchronized (this) {
      all = List.copyOf(open);
      open.clear();
    }
    all.forEach(JmsBridge.Publication::close);
  }

  private boolean remember(String id) {
    if (!seen.add(id)) {
      return false;
    }
    seenInOrder.addLast(id);
    if (seenInOrder.size() > MAX_LINES) {
      seen.remove(seenInOrder.removeFirst());
    }
    return true;
  }
}
