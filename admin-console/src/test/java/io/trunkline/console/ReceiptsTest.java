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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
  void accept_dead_countsAsNotAcknowledged() {
    accept("r1", Receipt.Status.DEAD);

    assertThat(receipts.snapshot().notAcked()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CONFLATED", "DUPLICATE"})
  void accept_notAboutARecipient_countsAsNeitherAndSaysWhatItMeans(Receipt.Status status) {
    accept("r1", status);

    assertThat(receipts.snapshot().acked()).isZero();
    assertThat(receipts.snapshot().notAcked()).isZero();
    assertThat(receipts.snapshot().lines().getFirst().tone()).isEqualTo("warn");
    assertThat(receipts.snapshot().lines().getFirst().detail()).isNotEmpty();
  }

  @Test
  void line_ofASummary_hasItsCountsInTheOrderOfTheWay() {
    ReceiptLine line =
        ReceiptLine.of(
            pushed(true),
            receipt(
                "r1",
                Receipt.Status.SUMMARY,
                Optional.empty(),
                Map.of("offline", 5L, "acked", 1_200L, "matched", 1_210L, "sent", 1_205L)),
            Instant.now());

    assertThat(line.user()).isEqualTo("all");
    assertThat(line.detail()).isEqualTo("matched 1,210, sent 1,205, acked 1,200, offline 5");
  }

  @Test
  void line_ofAMessageThatIsNotStored_hasNoTrace() {
    Receipt receipt = receipt("r1", Receipt.Status.DELIVERED, Optional.of("alice"), Map.of());

    assertThat(ReceiptLine.of(pushed(true), receipt, Instant.now()).traced()).contains("m");
    assertThat(ReceiptLine.of(pushed(false), receipt, Instant.now()).traced()).isEmpty();
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
    receipts.accept(pushed(true), receipt(id, status, Optional.of("alice"), Map.of()));
  }

  private static Pushed pushed(boolean stored) {
    return new Pushed("alice", Instant.now(), stored);
  }

  private static Receipt receipt(
      String id, Receipt.Status status, Optional<String> user, Map<String, Long> counts) {
    return new Receipt(
        id,
        "m",
        status,
        user,
        user.map(name -> "phone"),
        Optional.empty(),
        Optional.empty(),
        Instant.now(),
        "",
        Optional.empty(),
        Optional.empty(),
        counts);
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
