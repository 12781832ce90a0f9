package io.trunkline.systemtest.books;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trunkline.systemtest.books.Books.Evidence;
import io.trunkline.systemtest.books.Books.Problem;
import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Expect;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.Publication.To;
import io.trunkline.systemtest.books.Publication.Wish;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import io.trunkline.systemtest.books.Sight.Gap;
import io.trunkline.systemtest.books.Sight.Life;
import io.trunkline.systemtest.books.Sight.Place;
import io.trunkline.systemtest.books.Sight.Shown;
import io.trunkline.systemtest.books.Sight.Taking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two users who follow one topic, and messages of all kinds of which everybody says the same; tests
 * then change what somebody says. Ids are kind and number.
 */
final class Scene {
  static final String ANN = "user-0";
  static final String BOB = "user-1";
  private static final String TOPIC = "topic-0";
  private static final long EPOCH = 7;

  final List<Publication> published = new ArrayList<>();
  final List<Entry> stored = new ArrayList<>();
  final Map<String, List<String>> outcomes = new HashMap<>();
  final List<Receipt> receipts = new ArrayList<>();
  final Set<String> passing = new HashSet<>();
  final Map<String, Long> givenUp = new HashMap<>();
  private final Map<String, List<Sight>> sights = new LinkedHashMap<>();
  final List<String> troubles = new ArrayList<>();
  final Life life = new Life(1);
  private int number;

  Scene() {
    toAnn("plain-1", Kind.PLAIN, 1, "DELIVERED");
    toAnn("keyed-1", Kind.KEYED, 2, "CONFLATED");
    toAnn("keyed-2", Kind.KEYED, 3, "DELIVERED");
    toAnn("reply-1", Kind.REPLY, 4, "REPLIED");
    toAnn("reply-2", Kind.REPLY, 5, "REPLIED");
    toMany("topic-1", Kind.TOPIC, To.topic(TOPIC), 1);
    toMany("topic-2", Kind.TOPIC, To.topic(TOPIC), 2);
    toMany("broadcast-1", Kind.BROADCAST, To.ALL, 1);
    passing("passing-1", Kind.PASSING);
    passing("passing-2", Kind.PASSING);
    passing("quiet-1", Kind.QUIET);
  }

  private void toAnn(String id, Kind kind, long offset, String state) {
    Expect expect = kind == Kind.REPLY ? Expect.REPLY : Expect.ACK;
    String key = kind == Kind.KEYED ? "key-0" : "";
    publish(id, kind, To.user(ANN), new Wish(expect, key, Duration.ZERO));
    stored.add(new Entry(id, "USER", ANN, EPOCH, offset, state));
    outcomes.put(id, new ArrayList<>(List.of("STORED", state)));
    boolean answered = !state.equals("CONFLATED");
    String answer = kind == Kind.REPLY ? "answer to " + id : "";
    receipts.add(receipt(id, state, ANN, answer));
    if (answered) {
      sights(ANN).add(shown(id, new Place("user", EPOCH, offset), answer));
    }
  }

  private void toMany(String id, Kind kind, To to, long offset) {
    publish(id, kind, to, new Wish(Expect.ACK, "", Duration.ZERO));
    var entry =
        new Entry(
            id, kind == Kind.TOPIC ? "TOPIC" : "BROADCAST", to.topic(), EPOCH, offset, "CLOSED");
    stored.add(entry);
    outcomes.put(id, new ArrayList<>(List.of("STORED", "CLOSED")));
    for (String user : List.of(ANN, BOB)) {
      sights(user).add(shown(id, entry.place(), ""));
      receipts.add(receipt(id, "DELIVERED", user, ""));
      outcomes.merge(id, List.of("DELIVERED"), Scene::both);
    }
    receipts.add(summary(id, 2));
  }

  private void passing(String id, Kind kind) {
    publish(id, kind, To.user(ANN), new Wish(Expect.ACK, "", Duration.ZERO));
    sights(ANN).add(shown(id, new Place("", 0, 0), ""));
    receipts.add(receipt(id, "DELIVERED", ANN, ""));
  }

  private void publish(String id, Kind kind, To to, Wish wish) {
    published.add(new Publication(id, number++, kind, to, wish, new AtomicInteger(1)));
  }

  Shown shown(String id, Place place, String answer) {
    return shown(id, place, answer, life);
  }

  static Shown shown(String id, Place place, String answer, Life life) {
    var taking = new Taking();
    taking.answers(answer);
    taking.takenOver();
    return new Shown(id, place, life, taking);
  }

  static Receipt receipt(String id, String status, String user, String payload) {
    var json = new JsonObject();
    json.addProperty("session", "session of " + user);
    if (!payload.isEmpty()) {
      json.addProperty("payload", payload);
    }
    return new Receipt(status + id + user, id, "c-" + id, status, user, json);
  }

  static Receipt summary(String id, int acked) {
    var counts = new JsonObject();
    counts.addProperty("matched", 2);
    counts.addProperty("sent", 2);
    counts.addProperty("acked", acked);
    var json = new JsonObject();
    json.add("counts", counts);
    return new Receipt("summary of " + id, id, "c-" + id, "SUMMARY", "", json);
  }

  private static List<String> both(List<String> some, List<String> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** All that Ann or Bob was shown. */
  List<Sight> sights(String user) {
    return sights.computeIfAbsent(user, each -> new ArrayList<>());
  }

  /** What Ann or Bob was shown of a message. */
  Shown sight(String user, String id) {
    return sights(user).stream()
        .filter(Shown.class::isInstance)
        .map(Shown.class::cast)
        .filter(each -> each.messageId().equals(id))
        .findFirst()
        .orElseThrow();
  }

  void neverShown(String user, String id) {
    sights(user).remove(sight(user, id));
  }

  /** A message for many did not come to one of its two users, and nobody says that it did. */
  void wasMissed(String user, String id) {
    neverShown(user, id);
    receipts.removeIf(each -> each.messageId().equals(id) && !each.user().equals(other(user)));
    receipts.add(summary(id, 1));
    outcomes.put(id, List.of("STORED", "DELIVERED", "CLOSED"));
  }

  private static String other(String user) {
    return user.equals(ANN) ? BOB : ANN;
  }

  /** What is said of a message, with another state. */
  void becomes(String id, String state) {
    Entry entry = stored.stream().filter(e -> e.messageId().equals(id)).findFirst().orElseThrow();
    stored.set(
        stored.indexOf(entry),
        new Entry(id, entry.kind(), entry.name(), entry.epoch(), entry.offset(), state));
    outcomes.put(id, List.of("STORED", state));
    receipts.removeIf(each -> each.messageId().equals(id));
    receipts.add(receipt(id, state, ANN, ""));
  }

  void noReceipt(String id, String status) {
    receipts.removeIf(each -> each.messageId().equals(id) && each.status().equals(status));
  }

  /** Told before the sight at this place in the list. */
  void toldMissing(String user, int before, Place upTo) {
    sights(user).add(before, new Gap(upTo));
  }

  Books books() {
    List<Testimony> testimonies =
        sights.entrySet().stream()
            .map(each -> new Testimony(each.getKey(), Set.of(TOPIC), each.getValue(), troubles))
            .toList();
    return new Books(
        published, new Evidence(stored, outcomes, receipts, passing, givenUp), testimonies);
  }

  /** The audit finds something about this message, with these words. */
  void isFound(String messageId, String... words) {
    assertThat(books().audit())
        .filteredOn(problem -> problem.messageId().equals(messageId))
        .extracting(Problem::text)
        .anySatisfy(text -> assertThat(text).contains(words));
  }

  void nothingIsFound() {
    assertThat(books().audit()).isEmpty();
  }
}
