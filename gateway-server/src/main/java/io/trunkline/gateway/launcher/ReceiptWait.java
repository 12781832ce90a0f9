package io.trunkline.gateway.launcher;

import io.trunkline.jms.Receipt;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Prints receipts until the one of a single recipient, the summary of a message for many, or the
 * end of the time.
 *
 * @param forMany whether there is a summary
 */
record ReceiptWait(BlockingQueue<Receipt> receipts, boolean forMany, PublishRecords records) {

  /** Returns the program's exit code: 1 if it was not delivered, or nobody says so in time. */
  int await(Duration atMost) throws InterruptedException {
    boolean failed = false;
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      Receipt receipt = receipts.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (receipt == null) {
        System.err.println("no (further) receipt within " + atMost.toMillis() + " ms");
        return 1;
      }
      records.receipt(receipt);
      switch (receipt.status()) {
        case DELIVERED, REPLIED, SENT, SUMMARY, DUPLICATE -> {}
        case EXPIRED, UNKNOWN_USER, UNKNOWN_SESSION, FAILED, REJECTED, DEAD, CONFLATED ->
            failed = true;
      }
      if (!forMany
          || receipt.status() == Receipt.Status.SUMMARY
          || receipt.status() == Receipt.Status.REJECTED) {
        return failed ? 1 : 0;
      }
    }
  }
}
