package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Books.Problem;
import io.trunkline.systemtest.books.Publication.Expect;
import io.trunkline.systemtest.books.Sight.Gap;
import io.trunkline.systemtest.books.Sight.Place;
import io.trunkline.systemtest.books.Sight.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one client showed to its program: whether in order, each once, and its own only. */
final class Showing {
  private final Testimony testimony;
  private final Map<String, Publication> published;
  private final Map<String, List<Shown>> all = new HashMap<>();
  private final Map<String, Shown> last = new HashMap<>();
  private final Map<String, Integer> lastNumbers = new HashMap<>();
  private final List<Hole> holes = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /** Messages after an offset and up to another, of which was told that they are missing. */
  private record Hole(String stream, long after, long upTo) {}

  Showing(Testimony testimony, Map<String, Publication> published) {
    this.testimony = testimony;
    this.published = published;
    for (Sight sight : testimony.sights()) {
      switch (sight) {
        case Shown shown -> shown(shown);
        case Gap gap -> gap(gap.place());
      }
    }
  }

  String user() {
    return testimony.user();
  }

  boolean isFor(Publication publication) {
    return publication.to().includes(testimony);
  }

  Set<String> ids() {
    return all.keySet();
  }

  /** How often a message was shown; more than once only to further lives. */
  List<Shown> of(String messageId) {
    return all.getOrDefault(messageId, List.of());
  }

  /** Whether the program was told that what stands there does not come. */
  boolean wasToldMissing(Place place) {
    return holes.stream()
        .anyMatch(
            hole ->
                hole.stream().equals(place.stream())
                    && hole.after() < place.offset()
                    && place.offset() <= hole.upTo());
  }

  /** How far each stream was said to be given up. */
  Map<String, Long> told() {
    Map<String, Long> told = new HashMap<>();
    holes.forEach(hole -> told.merge(hole.stream(), hole.upTo(), Math::max));
    return told;
  }

  List<Problem> problems() {
    return problems;
  }

  private void gap(Place place) {
    Shown before = last.get(place.stream());
    holes.add(
        new Hole(place.stream(), before == null ? 0 : before.place().offset(), place.offset()));
  }

  private void shown(Shown shown) {
    List<Shown> before = all.computeIfAbsent(shown.messageId(), id -> new ArrayList<>());
    if (before.isEmpty()) {
      isNew(shown);
    } else if (!mayComeAgain(before.getLast(), shown)) {
      problem(shown, "was shown twice, before that as " + before.getLast());
    } else if (!before.getFirst().place().equals(shown.place())) {
      problem(shown, "came again at another place, first as " + before.getFirst());
    }
    before.add(shown);
  }

  /**
   * The program, not the client, is who forgot it, or who had not taken it over. Replies are not
   * kept beyond a life: if one was lost the program is asked again.
   */
  private boolean mayComeAgain(Shown before, Shown shown) {
    Publication publication = published.get(shown.messageId());
    boolean replied = publication != null && publication.wish().expect() == Expect.REPLY;
    return before.life().number() != shown.life().number()
        && (before.life().crashed().get() || !before.taking().isTakenOver() || replied);
  }

  private void isNew(Shown shown) {
    Place place = shown.place();
    if (!place.stream().isEmpty()) {
      Shown before = last.put(place.stream(), shown);
      if (before != null
          && (place.epoch() != before.place().epoch()
              || place.offset() <= before.place().offset())) {
        problem(shown, "came out of order, after " + before);
      }
    }
    Publication publication = published.get(shown.messageId());
    if (publication == null) {
      return; // found out elsewhere
    }
    if (!publication.to().includes(testimony)) {
      problem(shown, "is for " + publication.to());
    }
    if (!publication.stream().equals(place.stream())) {
      problem(shown, "belongs to the stream '" + publication.stream() + "'");
    }
    if (publication.grouped() && publication.persistent()) {
      int number = publication.number();
      Integer numberBefore = lastNumbers.put(place.stream(), number);
      if (numberBefore != null && numberBefore > number) {
        problem(shown, "was published before number " + numberBefore + ", and came after it");
      }
    }
  }

  private void problem(Shown shown, String text) {
    problems.add(new Problem(shown.messageId(), text + "; " + testimony.user() + ": " + shown));
  }
}
