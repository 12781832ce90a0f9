package io.trunkline.systemtest.books;

import static io.trunkline.systemtest.books.Scene.ANN;
import static io.trunkline.systemtest.books.Scene.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import io.trunkline.systemtest.books.Sight.Life;
import io.trunkline.systemtest.books.Sight.Place;
import io.trunkline.systemtest.books.Sight.Shown;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bookkeeping itself: it finds what is wrong, and nothing where nothing is. */
class BooksTest {
  private final Scene scene = new Scene();

  @Test
  void whatAllSayAlike_balancesKindByKind() {
    Books books = scene.books();

    assertThat(books.audit()).isEmpty();
    assertThat(books.ends(Kind.PLAIN)).isEqualTo(Map.of("DELIVERED", 1));
    assertThat(books.ends(Kind.KEYED)).isEqualTo(Map.of("CONFLATED", 1, "DELIVERED", 1));
    assertThat(books.ends(Kind.REPLY)).isEqualTo(Map.of("REPLIED", 2));
    assertThat(books.ends(Kind.TOPIC)).isEqualTo(Map.of("SUMMARY", 2));
    assertThat(books.copies(Kind.TOPIC)).isEqualTo(Map.of("SHOWN", 4));
    assertThat(books.ends(Kind.PASSING)).isEqualTo(Map.of("SHOWN", 2));
    assertThat(books.equations()).hasSize(Kind.values().length);
  }

  @Test
  void message_thatIsNowhere_isFound() {
    scene.stored.removeIf(each -> each.messageId().equals("plain-1"));

    scene.isFound("plain-1", "lost", "DELIVERED", ANN);
    scene.isFound("", "PLAIN", "1 were published", "0 came to an end");
  }

  @Test
  void message_thatIsStoredTwice_isFound() {
    scene.stored.add(new Entry("plain-1", "USER", ANN, 7, 9, "DELIVERED"));

    scene.isFound("plain-1", "stored as");
  }

  @Test
  void message_thatIsDeliveredAndWasAcknowledgedByNobody_isFound() {
    scene.neverShown(ANN, "plain-1");

    scene.isFound("plain-1", "is DELIVERED", "no client ever answered");
    scene.isFound("plain-1", "the receipt says DELIVERED", ANN);
  }

  @Test
  void message_thatAReceiptCallsOtherwise_isFound() {
    scene.noReceipt("plain-1", "DELIVERED");
    scene.receipts.add(Scene.receipt("plain-1", "EXPIRED", ANN, ""));

    scene.isFound("plain-1", "is DELIVERED", "receipts say [EXPIRED]");
  }

  @Test
  void message_withTwoReceipts_isFound() {
    Receipt second = Scene.receipt("plain-1", "DELIVERED", ANN, "");
    scene.receipts.add(second);

    scene.isFound("plain-1", "receipts say [DELIVERED, DELIVERED]");
  }

  @Test
  void message_shownToAnother_isFound() {
    scene.sights(BOB).add(scene.sight(ANN, "plain-1"));

    scene.isFound("plain-1", "is for To[user=user-0", BOB);
  }

  @Test
  void message_shownAtAnotherPlaceThanItHas_isFound() {
    Shown shown = scene.sight(ANN, "plain-1");
    scene.sights(ANN).set(0, Scene.shown("plain-1", new Place("user", 7, 0), "", shown.life()));

    scene.isFound("plain-1", "is at Entry", "shown as Shown");
  }

  @Test
  void message_shownTwiceInOneLife_isFound() {
    scene.sights(ANN).add(scene.sight(ANN, "plain-1"));

    scene.isFound("plain-1", "was shown twice", ANN);
  }

  @Test
  void message_shownAgainAfterACrash_isFine() {
    Shown first = scene.sight(ANN, "plain-1");
    first.life().crashed().set(true);
    scene.sights(ANN).add(Scene.shown("plain-1", first.place(), "", new Life(2)));

    scene.nothingIsFound();
  }

  @Test
  void message_shownAgainAfterAnEndInOrder_isFound() {
    Shown first = scene.sight(ANN, "plain-1");
    scene.sights(ANN).add(Scene.shown("plain-1", first.place(), "", new Life(2)));

    scene.isFound("plain-1", "was shown twice", "number=2");
  }

  @Test
  void message_thatNobodyPublished_isFound() {
    scene.published.removeIf(each -> each.id().equals("plain-1"));

    scene.isFound("plain-1", "in the database, though nobody published it");
    scene.isFound("plain-1", "shown to user-0, though nobody published it");
    scene.isFound("plain-1", "in a receipt, though nobody published it");
  }

  @Test
  void newestOfAKey_conflated_isFound() {
    scene.becomes("keyed-2", "CONFLATED");

    scene.isFound("keyed-2", "though it is the newest of Key[user=user-0", "keyed-1@2=CONFLATED");
  }

  @Test
  void messageWithoutKey_conflated_isFound() {
    scene.becomes("plain-1", "CONFLATED");

    scene.isFound("plain-1", "must not be CONFLATED");
  }

  @Test
  void reply_thatBelongsToAnotherMessage_isFound() {
    scene.noReceipt("reply-1", "REPLIED");
    scene.receipts.add(Scene.receipt("reply-1", "REPLIED", ANN, "answer to reply-2"));

    scene.isFound(
        "reply-1", "says REPLIED 'answer to reply-2'", "user-0 answered [answer to reply-1]");
  }

  @Test
  void reply_withoutWhatWasAnswered_isFound() {
    scene.noReceipt("reply-1", "REPLIED");
    scene.receipts.add(Scene.receipt("reply-1", "REPLIED", ANN, ""));

    scene.isFound("reply-1", "says REPLIED ''", "user-0 answered [answer to reply-1]");
  }

  @Test
  void reply_underTheCorrelationIdOfAnother_isFound() {
    Receipt right = Scene.receipt("reply-1", "REPLIED", ANN, "answer to reply-1");
    scene.noReceipt("reply-1", "REPLIED");
    scene.receipts.add(
        new Receipt(right.id(), "reply-1", "c-reply-2", "REPLIED", ANN, right.json()));

    scene.isFound("reply-1", "receipt with a wrong correlation id");
  }

  @Test
  void reply_thatCountsAsMereAcknowledgement_isFound() {
    scene.becomes("reply-1", "DELIVERED");

    scene.isFound("reply-1", "must not be DELIVERED");
  }

  @Test
  void trouble_ofAClient_isFound() {
    scene.troubles.add("closed for good");

    scene.isFound("", "closed for good");
  }
}
