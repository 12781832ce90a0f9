package io.trunkline.gateway.api;

import io.trunkline.jms.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of one notification until all are there. Filled on the bridge's thread, waited for
 * on the request's. Holds a bounded number and counts the rest.
 */
final class ReceiptCollector implements Consumer<Receipt> {
  private static final int MAX_RECEIPTS = 1_000;

  /** How the collector knows that no more will come. */
  enum Until {
    /** As many recipients have been told of. */
    RECIPIENTS,
    /** As many nodes have given their summary, or refused. */
    NODES
  }

  private final Until until;
  private final CountDownLatch awaited;
  private final List<View> kept = new ArrayList<>();
  private long more;

  ReceiptCollector(Until until, int count) {
    this.until = until;
    this.awaited = new CountDownLatch(count);
  }

  /** A receipt in an answer; the names of the components are the API's. */
  @SuppressWarnings("ArrayRecordComponent") // written as Base64, compared by nobody
  record View(
      Receipt.Status status,
      @Nullable String user,
      @Nullable String device,
      @Nullable String session,
      @Nullable String node,
      Instant at,
      @Nullable String detail,
      @Nullable String contentType,
      byte @Nullable [] payloadBase64,
      @Nullable Map<String, Long> counts) {

    static View of(Receipt receipt) {
      return new View(
          receipt.status(),
          receipt.user().orElse(null),
          receipt.device().orElse(null),
          receipt.session().orElse(null),
          receipt.node().orElse(null),
          receipt.at(),
          receipt.detail().isEmpty() ? null : receipt.detail(),
          receipt.contentType().orElse(null),
          receipt.payload().orElse(null),
          receipt.counts().isEmpty() ? null : receipt.counts());
    }
  }

  /**
   * What came.
   *
   * @param complete whether it is all that will come
   * @param more receipts that came and are not shown
   */
  record Collected(boolean complete, List<View> receipts, long more) {}

  @Override
  public void accept(Receipt receipt) {
    boolean last =
        switch (receipt.status()) {
          case SENT, DELIVERED, REPLIED, DEAD, CONFLATED -> until == Until.RECIPIENTS;
          // Of a broadcast each lost session tells; of a recipient that is not there one node does.
          case FAILED -> until == Until.RECIPIENTS || receipt.session().isEmpty();
          case EXPIRED, UNKNOWN_USER, UNKNOWN_SESSION, REJECTED, DUPLICATE, SUMMARY -> true;
        };
    synchronized (kept) {
      if (kept.size() < MAX_RECEIPTS) {
        kept.add(View.of(receipt));
      } else {
        more++;
      }
    }
    if (last) {
      awaited.countDown();
    }
    if (ends(receipt.status())) {
      while (awaited.getCount() > 0) {
        awaited.countDown();
      }
    }
  }

  /** After these nothing comes, whatever was expected. */
  private boolean ends(Receipt.Status status) {
    return switch (status) {
      case REJECTED, UNKNOWN_USER, UNKNOWN_SESSION, DUPLICATE -> true;
      // One node says it for all devices.
      case EXPIRED -> until == Until.RECIPIENTS;
      case SENT, DELIVERED, REPLIED, DEAD, CONFLATED, FAILED, SUMMARY -> false;
    };
  }

  Collected await(Duration timeout) throws InterruptedException {
    boolean complete = awaited.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    synchronized (kept) {
      return new Collected(complete, List.copyOf(kept), more);
    }
  }
}
