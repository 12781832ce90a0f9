package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Books.Problem;
import io.trunkline.systemtest.books.Receiver.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one client showed to its program: whether in order, each once, and its own only. */
final class Showing {
  private final Receiver receiver;
  private final Map<String, Publication> published;
  private final Map<String, Shown> first = new HashMap<>();
  private final Map<String, Shown> last = new HashMap<>();
  private final Map<String, Integer> lastNumbers = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  Showing(Receiver receiver, Map<String, Publication> published) {
    this.receiver = receiver;
    this.published = published;
    for (Shown shown : receiver.shown()) {
      Shown before = first.put(shown.messageId(), shown);
      if (before == null) {
        isNew(shown);
      } else if (!mayComeAgain(before, shown)) {
        problem(shown, "was shown twice, first as " + before);
      }
    }
  }

  Set<String> ids() {
    return first.keySet();
  }

  List<Problem> problems() {
    return problems;
  }

  /** The program, not the client, is who forgot it, or who had not taken it over. */
  private static boolean mayComeAgain(Shown before, Shown shown) {
    return before.life().number() != shown.life().number()
        && (before.life().crashed().get() || !before.acknowledged().get());
  }

  private void isNew(Shown shown) {
    Shown before = last.put(shown.stream(), shown);
    if (before != null && (shown.epoch() != before.epoch() || shown.offset() <= before.offset())) {
      problem(shown, "came out of order, after " + before);
    }
    Publication publication = published.get(shown.messageId());
    if (publication == null) {
      return; // found out elsewhere
    }
    if (!publication.broadcast() && !publication.user().equals(receiver.user())) {
      problem(shown, "is " + publication.user() + "'s");
    }
    if (publication.grouped()) {
      int number = publication.number();
      Integer numberBefore = lastNumbers.put(shown.stream(), number);
      if (numberBefore != null && numberBefore > number) {
        problem(shown, "was published before number " + numberBefore + ", and came after it");
      }
    }
  }

  private void problem(Shown shown, String text) {
    problems.add(new Problem(shown.messageId(), text + "; " + receiver.user() + ": " + shown));
  }
}
