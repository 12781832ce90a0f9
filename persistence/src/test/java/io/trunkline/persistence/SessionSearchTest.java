package io.trunkline.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
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
class SessionSearchTest {
  private static final int SESSIONS = 2_300;
  private static final long SEVENTHS = IntStream.range(0, SESSIONS).filter(i -> i % 7 == 0).count();

  private final DatabaseConfig config = TestServer.migratedDatabase();
  private Database database;

  @BeforeAll
  void open() throws Exception {
    database = Database.open(config);
    database.migrate();
    Samples.write(
        database,
        IntStream.range(0, SESSIONS)
            .mapToObj(
                i ->
                    new SessionStart(
                        UUID.randomUUID(),
                        1,
                        "user-" + i % 50,
                        "" + i,
                        "shop",
                        "1",
                        "ios",
                        "tcp",
                        "10.0.0.1:1",
                        "node-" + i % 3,
                        Map.of(),
                        Samples.NOON.plusSeconds(i % 11),
                        Optional.empty(),
                        Optional.empty()))
            .toList());
  }

  @AfterAll
  void close() {
    database.close();
  }

  private SessionSearch search(int rows, Duration time) {
    return new SessionSearch(database.sessions(), new SessionSearch.Limits(rows, time));
  }

  private SessionSearch unlimited() {
    return search(Integer.MAX_VALUE, Duration.ofMinutes(5));
  }

  private static boolean isSeventh(SessionRow row) {
    return Integer.parseInt(row.device()) % 7 == 0;
  }

  private static SessionSearch.Wanted seventh() {
    return new SessionSearch.Wanted(SessionFilter.ALL, SessionSearchTest::isSeventh);
  }

  @ParameterizedTest
  @EnumSource
  void find_everySort_givesEachMatchOnce_whateverTheLimits(SessionSort.By by) {
    for (int rows : new int[] {1, Integer.MAX_VALUE}) {
      SessionSort sort = new SessionSort(by, false);
      List<SessionRow> seen = new ArrayList<>();
      Optional<String> cursor = Optional.empty();
      do {
        var found = search(rows, Duration.ofMinutes(5)).find(seventh(), sort, cursor, 90);
        seen.addAll(found.sessions());
        cursor = found.next();
      } while (cursor.isPresent());

      assertThat(seen).hasSize((int) SEVENTHS).allMatch(SessionSearchTest::isSeventh);
      assertThat(seen).extracting(SessionRow::id).doesNotHaveDuplicates();
    }
  }

  @Test
  void find_overTheLimit_saysSo_andGoesOnFromThere() {
    var wanted =
        new SessionSearch.Wanted(SessionFilter.ALL, row -> row.device().equals("nobody's"));

    var first =
        search(1_500, Duration.ofMinutes(5))
            .find(wanted, SessionSort.NEWEST_FIRST, Optional.empty(), 10);
    assertThat(first.sessions()).isEmpty();
    assertThat(first.cutShort()).isTrue();
    assertThat(first.scanned()).isEqualTo(2_000);
    var second =
        search(1_500, Duration.ofMinutes(5))
            .find(wanted, SessionSort.NEWEST_FIRST, first.next(), 10);
    assertThat(second.scanned()).isEqualTo(SESSIONS - 2_000);
    assertThat(second.cutShort()).isFalse();
    assertThat(second.next()).isEmpty();
  }

  @Test
  void outOfTime_stopsAfterAPage() {
    var found =
        search(Integer.MAX_VALUE, Duration.ZERO)
            .find(seventh(), SessionSort.NEWEST_FIRST, Optional.empty(), 1_000);
    var tally = search(Integer.MAX_VALUE, Duration.ZERO).count(seventh());

    assertThat(found.cutShort()).isTrue();
    assertThat(found.scanned()).isEqualTo(SessionDirectory.MAX_PAGE);
    assertThat(tally.complete()).isFalse();
    assertThat(tally.scanned()).isEqualTo(SessionDirectory.MAX_PAGE);
  }

  @Test
  void count_looksAtAll_andTellsActiveFromDetached() throws Exception {
    SessionSearch.Tally tally = unlimited().count(seventh());

    assertThat(tally).isEqualTo(new SessionSearch.Tally(SEVENTHS, 0, SESSIONS, true));
  }

  @Test
  void narrowedBy_asksTheDatabase_butNeverForMore() {
    SessionFilter filter =
        new SessionFilter(
            Optional.of("user-1"), Optional.of("node-1"), Optional.empty(), Map.of("a", "b"));

    SessionFilter narrowed =
        filter.narrowedBy(Map.of("user", "user-12", "node", "node-2", "region", "east"));

    assertThat(narrowed.userPrefix()).contains("user-1");
    assertThat(narrowed.user()).contains("user-12");
    assertThat(narrowed.node()).contains("node-1");
    assertThat(narrowed.attributes()).isEqualTo(Map.of("a", "b"));
    var ofOne = SessionFilter.ALL.narrowedBy(Map.of("user", "user-7"));
    var tally = unlimited().count(new SessionSearch.Wanted(ofOne, row -> true));
    assertThat(tally.scanned()).isEqualTo(SESSIONS / 50);
  }

  @Test
  void find_cursorOfNoneOfOurs_isRefused() {
    assertThatThrownBy(
            () ->
                unlimited().find(seventh(), SessionSort.NEWEST_FIRST, Optional.of("nonsense"), 10))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
