package io.trunkline.systemtest.books;

import static io.trunkline.systemtest.books.Scene.ANN;
import static io.trunkline.systemtest.books.Scene.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.Sight.Place;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bookkeeping of messages for many, and of those that are not stored. */
class BooksOfManyTest {
  private final Scene scene = new Scene();

  @Test
  void topicMessage_missingAtOneSubscriber_isFound() {
    scene.wasMissed(BOB, "topic-1");

    scene.isFound("topic-1", "these never saw it: [user-1]");
    scene.isFound("", "TOPIC", "4 copies were meant, but there are 3");
  }

  @Test
  void topicMessage_missingAndTold_isFine() {
    scene.wasMissed(BOB, "topic-1");
    scene.toldMissing(BOB, 0, new Place("topic:topic-0", 7, 1));
    scene.givenUp.put("topic:topic-0", 1L);

    Books books = scene.books();

    assertThat(books.audit()).isEmpty();
    assertThat(books.copies(Kind.TOPIC)).isEqualTo(Map.of("SHOWN", 3, "TOLD_MISSING", 1));
  }

  @Test
  void topicMessage_missingAndToldOnlyOfOthers_isFound() {
    scene.wasMissed(BOB, "topic-2");
    scene.toldMissing(BOB, 0, new Place("topic:topic-0", 7, 1));
    scene.givenUp.put("topic:topic-0", 1L);

    scene.isFound("topic-2", "these never saw it: [user-1]");
  }

  @Test
  void topicMessage_toldMissingThoughItIsThere_isFound() {
    scene.wasMissed(BOB, "topic-1");
    scene.toldMissing(BOB, 0, new Place("topic:topic-0", 7, 1));

    scene.isFound("", BOB, "topic:topic-0 is not recovered up to 1", "given up is 0");
  }

  @Test
  void topicMessages_swapped_areFound() {
    List<Sight> sights = scene.sights(BOB);
    Collections.swap(
        sights,
        sights.indexOf(scene.sight(BOB, "topic-1")),
        sights.indexOf(scene.sight(BOB, "topic-2")));

    scene.isFound("topic-1", "came out of order, after Shown[messageId=topic-2");
  }

  @Test
  void topicMessage_withoutASummary_isFound() {
    scene.noReceipt("topic-1", "SUMMARY");

    scene.isFound("topic-1", "has 0 summaries");
    scene.isFound("", "TOPIC", "2 were published", "1 came to an end");
  }

  @Test
  void topicMessage_withTwoSummaries_isFound() {
    scene.receipts.add(Scene.summary("topic-1", 2));

    scene.isFound("topic-1", "has 2 summaries");
  }

  @Test
  void topicMessage_whoseSummaryCountsMoreThanAcknowledged_isFound() {
    scene.noReceipt("topic-1", "SUMMARY");
    scene.receipts.add(Scene.summary("topic-1", 3));

    scene.isFound("topic-1", "with 2 receipts the summary says", "\"acked\":3");
  }

  @Test
  void topicMessage_gone_thoughNotGivenUp_isFound() {
    Entry entry =
        scene.stored.stream()
            .filter(e -> e.messageId().equals("topic-1"))
            .findFirst()
            .orElseThrow();
    scene.stored.remove(entry);
    scene.stored.add(new Entry("topic-1", "TOPIC", entry.name(), 7, 1, "GONE"));

    scene.isFound("topic-1", "is gone, though not given up");
  }

  @Test
  void broadcast_missingAtOneUser_isFound() {
    scene.wasMissed(ANN, "broadcast-1");

    scene.isFound("broadcast-1", "these never saw it: [user-0]");
  }

  @Test
  void passingMessage_lost_isFine() {
    scene.neverShown(ANN, "passing-1");
    scene.noReceipt("passing-1", "DELIVERED");

    Books books = scene.books();

    assertThat(books.audit()).isEmpty();
    assertThat(books.ends(Kind.PASSING)).isEqualTo(Map.of("SHOWN", 1, "LOST", 1));
  }

  @Test
  void passingMessage_shownTwice_isFound() {
    scene.sights(ANN).add(scene.sight(ANN, "passing-1"));

    scene.isFound("passing-1", "was shown twice");
  }

  @Test
  void passingMessage_thatLeavesARow_isFound() {
    scene.passing.add("passing-1");

    scene.isFound("passing-1", "is not persistent, but in the database");
  }

  @Test
  void passingMessage_inAStream_isFound() {
    scene.neverShown(ANN, "passing-1");
    scene.sights(ANN).add(scene.shown("passing-1", new Place("user", 7, 8), ""));

    scene.isFound("passing-1", "belongs to the stream ''");
  }

  @Test
  void passingMessage_saidToBeDeliveredThoughNobodyAcknowledged_isFound() {
    scene.neverShown(ANN, "passing-1");

    scene.isFound("passing-1", "the receipt says DELIVERED", "the client of user-0 answered []");
  }

  @Test
  void passingMessage_acknowledgedByAnother_isFound() {
    scene.noReceipt("passing-1", "DELIVERED");
    scene.receipts.add(Scene.receipt("passing-1", "DELIVERED", BOB, ""));

    scene.isFound("passing-1", "the receipt says DELIVERED", "the client of user-1 answered []");
  }

  @Test
  void passingMessage_lostInQuiet_isFound() {
    scene.neverShown(ANN, "quiet-1");
    scene.noReceipt("quiet-1", "DELIVERED");

    scene.isFound("quiet-1", "was lost though nothing was killed", ANN);
  }

  @Test
  void passingMessage_inQuiet_withoutItsReceipt_isFound() {
    scene.noReceipt("quiet-1", "DELIVERED");

    scene.isFound("quiet-1", "1 of To[user=user-0", "receipts []");
  }
}
