package io.trunkline.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(Lifecycle.PER_CLASS)
class SessionDirectoryTest {
  private final DatabaseConfig config = TestServer.migratedDatabase();
  private Database database;
  private SessionDirectory sessions;

  @BeforeAll
  void open() throws Exception {
    database = Database.open(config);
    database.migrate();
    sessions = database.sessions();
    // Few values of each, so that there are ties to be broken.
    List<SessionStart> starts =
        new ArrayList<>(
            IntStream.range(0, 103)
                .mapToObj(
                    i ->
                        new SessionStart(
                            UUID.randomUUID(),
                            1,
                            "user-" + i % 7,
                            "device-" + i,
                            i % 2 == 0 ? "Shop" : "desk",
                            "1",
                            "ios",
                            "tcp",
                            "10.0.0." + i % 5,
                            "node-" + i % 3,
                            Map.of("region", i % 2 == 0 ? "east" : "west", "tier", "" + i % 3),
                            Samples.NOON.plus(Duration.ofNanos(1_000L * (i % 11))),
                            Optional.empty(),
                            Optional.empty()))
                .toList());
    for (String user : List.of("100%", "100x", "a_b", "axb", "a!b", "a\\b", "Ünal")) {
      starts.add(Samples.start(user));
    }
    Samples.write(database, starts);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @ParameterizedTest
  @EnumSource
  void page_everySort_givesEachSessionOnceInOrder(SessionSort.By by) {
    for (boolean descending : new boolean[] {false, true}) {
      SessionSort sort = new SessionSort(by, descending);
      List<SessionRow> seen = new ArrayList<>();
      Optional<String> cursor = Optional.empty();
      do {
        SessionPage page = sessions.page(SessionFilter.ALL, sort, cursor, 10);
        seen.addAll(page.sessions());
        cursor = page.next();
      } while (cursor.isPresent());

      assertThat(seen).hasSize(110).extracting(SessionRow::id).doesNotHaveDuplicates();
      assertThat(seen).isSortedAccordingTo(descending ? order(by).reversed() : order(by));
      assertThat(sessions.window(SessionFilter.ALL, sort, 35, 20)).isEqualTo(seen.subList(35, 55));
    }
  }

  private static Comparator<SessionRow> order(SessionSort.By by) {
    return switch (by) {
      case USER -> Comparator.comparing(SessionRow::user);
      case STARTED_AT -> Comparator.comparing(SessionRow::startedAt);
      case NODE -> Comparator.comparing(SessionRow::node);
      case CLIENT -> Comparator.comparing(SessionRow::clientName);
      case REMOTE_ADDRESS -> Comparator.comparing(SessionRow::remoteAddress);
    };
  }

  @Test
  void page_exactlyFull_isTheLast() {
    SessionFilter filter = SessionFilter.userPrefix("a");

    assertThat(sessions.page(filter, SessionSort.NEWEST_FIRST, Optional.empty(), 4).next())
        .isEmpty();
    assertThat(sessions.page(filter, SessionSort.NEWEST_FIRST, Optional.empty(), 3).next())
        .isPresent();
  }

  @Test
  void page_cursorOfAnotherSortOrNoneOfOurs_isRefused() {
    SessionSort byUser = new SessionSort(SessionSort.By.USER, false);
    String cursor =
        sessions.page(SessionFilter.ALL, byUser, Optional.empty(), 5).next().orElseThrow();
    for (String bad :
        List.of(
            cursor,
            "",
            "nonsense",
            "!!!",
            encoded("STARTED_AT-\nnot-an-id\n2026-01-01T00:00:00Z"),
            encoded("STARTED_AT-\n" + UUID.randomUUID() + "\nyesterday"))) {
      assertThatThrownBy(
              () -> sessions.page(SessionFilter.ALL, SessionSort.NEWEST_FIRST, Optional.of(bad), 5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cursor");
    }
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void page_limitOutOfRange_isRefused() {
    for (int limit : new int[] {0, -1, SessionDirectory.MAX_PAGE + 1}) {
      assertThatThrownBy(
              () ->
                  sessions.page(
                      SessionFilter.ALL, SessionSort.NEWEST_FIRST, Optional.empty(), limit))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void userPrefix_takesWildcardsLiterally() {
    assertThat(usersOf("100%")).containsExactly("100%");
    assertThat(usersOf("a_")).containsExactly("a_b");
    assertThat(usersOf("a!")).containsExactly("a!b");
    assertThat(usersOf("a\\")).containsExactly("a\\b");
    assertThat(usersOf("Ü")).containsExactly("Ünal");
    assertThat(usersOf("ü")).isEmpty();
    assertThat(usersOf("%")).isEmpty();
    assertThat(usersOf("a\0")).isEmpty();
  }

  private List<String> usersOf(String prefix) {
    return sessions
        .page(SessionFilter.userPrefix(prefix), SessionSort.NEWEST_FIRST, Optional.empty(), 1_000)
        .sessions()
        .stream()
        .map(SessionRow::user)
        .toList();
  }

  @Test
  void filters_applyTogether() {
    SessionFilter filter =
        new SessionFilter(
            Optional.of("user-"),
            Optional.of("node-1"),
            Optional.of("ACTIVE"),
            Map.of("region", "west", "tier", "1"));

    List<SessionRow> found = sessions.window(filter, SessionSort.NEWEST_FIRST, 0, 1_000);

    long expected = IntStream.range(0, 103).filter(i -> i % 3 == 1 && i % 2 == 1).count();
    assertThat(found).hasSize((int) expected);
    assertThat(found)
        .allSatisfy(
            row -> {
              assertThat(row.node()).isEqualTo("node-1");
              assertThat(row.attributes()).containsEntry("region", "west");
            });
    assertThat(sessions.count(filter)).isEqualTo(expected);
    assertThat(
            sessions.count(
                new SessionFilter(
                    Optional.empty(), Optional.empty(), Optional.of("DETACHED"), Map.of())))
        .isZero();
  }

  @Test
  void attributes_areMatchedLiterally() {
    for (String hostile : List.of("east\"}", "ea%", "' or 1=1 --", "e\0")) {
      assertThat(
              sessions.count(
                  new SessionFilter(
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Map.of("region", hostile))))
          .isZero();
    }
  }

  @Test
  void ofUsers_findsAllSessionsOfEach_howeverManyAreAsked() {
    List<String> users = new ArrayList<>(List.of("user-3", "a_b"));
    IntStream.range(0, 70_000).forEach(i -> users.add("stranger-" + i));

    List<SessionRow> found = sessions.ofUsers(users);

    assertThat(found).extracting(SessionRow::user).containsOnly("user-3", "a_b");
    assertThat(found).hasSize(1 + (int) IntStream.range(0, 103).filter(i -> i % 7 == 3).count());
    assertThat(sessions.ofUsers(List.of())).isEmpty();
  }

  @Test
  void places_findsThoseOfUsers_andThoseAskedById_eachOnce() {
    SessionRow other =
        sessions
            .page(
                new SessionFilter(Optional.of("a_b"), Optional.empty(), Optional.empty(), Map.of()),
                SessionSort.NEWEST_FIRST,
                Optional.empty(),
                1)
            .sessions()
            .getFirst();
    List<SessionRow> ofUser = sessions.ofUsers(List.of("user-3"));

    List<SessionPlace> places =
        sessions.places(
            List.of("user-3", "nobody"),
            List.of(other.id(), ofUser.getFirst().id(), UUID.randomUUID()));

    List<SessionRow> expected = new ArrayList<>(ofUser);
    expected.add(other);
    assertThat(places)
        .containsExactlyInAnyOrderElementsOf(
            expected.stream()
                .map(
                    row ->
                        new SessionPlace(
                            row.id(), row.user(), row.device(), row.node(), /* connected= */ true))
                .toList());
    assertThat(sessions.places(List.of(), List.of())).isEmpty();
    assertThat(sessions.places(List.of(), List.of(other.id())))
        .extracting(SessionPlace::user)
        .containsExactly("a_b");
  }

  @Test
  void find_unknown_isEmpty() {
    assertThat(sessions.find(UUID.randomUUID())).isEmpty();
  }
}
