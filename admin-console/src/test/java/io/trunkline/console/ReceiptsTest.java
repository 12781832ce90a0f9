package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Receipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceiptsTest {
  private int changes;
  private final Receipts receipts = new Receipts(() -> changes++);
  private final List<String> closed = new ArrayList<>();

  @Test
  void accept_delivered_isCountedAndShownFirst() {
    accept("r1", Receipt.Status.UNKNOWN_USER);
    accept("r2", Receipt.Status.DELIVERED);

    Receipts.Snapshot snapshot = receipts.snapshot();
    assertThat(snapshot.acked()).isEqualTo(1);
    assertThat(snapshot.notAcked()).isEqualTo(1);
    assertThat(snapshot.lines())
        .extracting(ReceiptLine::status)
        .containsExactly(Receipt.Status.DELIVERED, Receipt.Status.UNKNOWN_USER);
    assertThat(changes).isEqualTo(2);
  }

  @Test
  void accept_sentOrSummary_countsAsNeither() {
    accept("r1", Receipt.Status.SENT);
    accept("r2", Receipt.Status.SUMMARY);

    assertThat(receipts.snapshot().acked()).isZero();
    assertThat(receipts.snapshot().notAcked()).isZero();
    assertThat(receipts.snapshot().lines()).hasSize(2);
  }

  @Test
  void accept_sameReceiptTwice_countsOnce() {
    accept("r1", Receipt.Status.DELIVERED);
    accept("r1", Receipt.Status.DELIVERED);

    assertThat(receipts.snapshot().acked()).isEqualTo(1);
  }

  @Test
  void accept_tooMany_keepsTheNewest() {
    for (int i = 0; i < Receipts.MAX_LINES + 7; i++) {
      accept("r" + i, Receipt.Status.DELIVERED);
    }

    assertThat(receipts.snapshot().lines()).hasSize(Receipts.MAX_LINES);
    assertThat(receipts.snapshot().acked()).isEqualTo(Receipts.MAX_LINES + 7);
  }

  @Test
  void follow_tooMany_closesTheOldest() {
    for (int i = 0; i <= Receipts.MAX_MESSAGES; i++) {
      receipts.follow(publication("m" + i));
    }

    assertThat(closed).containsExactly("m0");
    assertThat(receipts.snapshot().sent()).isEqualTo(Receipts.MAX_MESSAGES + 1);
  }

  @Test
  void close_closesAll() {
    receipts.follow(publication("m0"));
    receipts.follow(publication("m1"));

    receipts.close();

    assertThat(closed).containsExactly("m0", "m1");
  }

  private void accept(String id, Receipt.Status status) {
    Instant published = Instant.now();
    receipts.accept(
        new Pushed("alice", published, true),
        new Receipt(
            id,
            "m",
            status,
            Optional.of("alice"),
            Optional.of("phone"),
            Optional.empty(),
            Optional.empty(),
            published,
            "",
            Optional.empty(),
            Optional.empty(),
            Map.of()));
  }

  private JmsBridge.Publication publication(String id) {
    return new JmsBridge.Publication() {
      @Override
      public String messageId() {
        return id;
      }

      @Override
      public void close() {
        closed.add(id);
      }
    };
  }
}
