package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.execute;
import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SchemaTest {
  private final DatabaseConfig config = TestServer.newDatabase();

  @Test
  void migrate_emptyDatabase_makesTheViewsOfTheContract() throws Exception {
    try (Database database = Database.open(config)) {
      database.migrate();
    }

    assertThat(
            query(
                config,
                "select table_name from information_schema.views where table_schema = 'report'"))
        .contains("session_history", "session_current", "operator_actions");
  }

  @Test
  void migrate_bySeveralNodesAtOnce_works() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<?>> nodes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        nodes.add(
            threads.submit(
                () -> {
                  try (Database database = Database.open(config)) {
                    database.migrate();
                  }
                  return null;
                }));
      }
      for (Future<?> node : nodes) {
        node.get();
      }
    }

    assertThat(query(config, "select count(*) from trunkline.flyway_schema_history where success"))
        .isNotEqualTo(List.of("0"));
  }

  @Test
  void migrate_userMayNotCreateRoles_saysWhatToDo() throws Exception {
    // given a server that does not have the role, and a user that may not create it
    try (Database other = Database.open(TestServer.newDatabase())) {
      other.migrate(); // So that there is something to rename.
    }
    TestServer.asAdmin("postgres", "CREATE ROLE plain LOGIN PASSWORD 'plain'");
    DatabaseConfig plain =
        new DatabaseConfig(config.url(), "plain", "plain", 2, config.connectTimeout());
    String name = TestServer.nameOf(config);
    TestServer.asAdmin("postgres", "ALTER DATABASE %s OWNER TO plain".formatted(name));
    TestServer.asAdmin("postgres", "ALTER ROLE trunkline_report RENAME TO trunkline_report_away");
    try {
      assertThatThrownBy(
              () -> {
                try (Database database = Database.open(plain)) {
                  database.migrate();
                }
              })
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("CREATE ROLE trunkline_report")
          .message()
          .doesNotContain("\n");
    } finally {
      TestServer.asAdmin("postgres", "ALTER ROLE trunkline_report_away RENAME TO trunkline_report");
    }
  }

  @Test
  void reportRole_readsViewsAndNothingElse() throws Exception {
    String password = "it's \"quoted\" \\ $1";
    execute(config, "revoke all on database " + TestServer.nameOf(config) + " from public");
    try (Database database = Database.open(config)) {
      database.migrate();
      Samples.write(database, List.of(Samples.start("alice")));
      database.setReportPassword(password.toCharArray());
    }
    DatabaseConfig report =
        new DatabaseConfig(config.url(), "trunkline_report", password, 2, config.connectTimeout());

    assertThat(query(report, "select user_id, ended_at from report.session_history"))
        .containsExactly("alice|null");
    assertThat(query(report, "select state from report.session_current")).containsExactly("ACTIVE");
    assertThat(query(report, "select * from report.disconnects_daily")).isEmpty();
    assertThat(query(report, "select * from report.node_load")).isEmpty();
    assertThat(query(report, "select * from report.operator_actions")).isEmpty();
    for (String table :
        query(config, "select tablename from pg_tables where schemaname='trunkline'")) {
      assertDenied(report, "select * from trunkline." + table);
    }
    assertDenied(report, "select trunkline.drop_history_before(now())");
    assertThatThrownBy(() -> execute(report, "create temp table t (i int)"))
        .hasMessageContaining("read-only");
    assertDenied(report, "begin read write; delete from report.session_current");
    assertDenied(report, "begin read write; create table report.t (i int)");
  }

  private static void assertDenied(DatabaseConfig report, String sql) {
    assertThatThrownBy(() -> execute(report, sql)).hasMessageContaining("permission denied");
  }

  @Test
  void report_everyViewAndColumn_isDescribed() throws Exception {
    try (Database database = Database.open(config)) {
      database.migrate();
    }

    assertThat(
            query(
                config,
                """
                select c.relname, a.attname
                from pg_class c
                join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = 'report'::regnamespace and a.attnum > 0
                  and (col_description(c.oid, a.attnum) is null
                    or obj_description(c.oid, 'pg_class') is null)
                """))
        .isEmpty();
  }

  @Test
  void ensureHistoryPartitions_takesOverWhatTheDefaultPartitionHolds() throws Exception {
    // given a record in a month that has no partition yet
    try (Database database = Database.open(config)) {
      database.migrate();
    }
    insertHistory("now() + interval '5 months'");
    assertThat(query(config, "select count(*) from trunkline.session_history_default"))
        .containsExactly("1");

    // when
    List<String> made = query(config, "select trunkline.ensure_history_partitions(6)");
    List<String> madeAgain = query(config, "select trunkline.ensure_history_partitions(6)");

    // then
    assertThat(made).containsExactly("4");
    assertThat(madeAgain).containsExactly("0");
    assertThat(query(config, "select count(*) from trunkline.session_history_default"))
        .containsExactly("0");
    assertThat(query(config, "select count(*) from trunkline.session_history"))
        .containsExactly("1");
  }

  @Test
  void dropHistoryBefore_dropsWholeMonthsOnly() throws Exception {
    // given
    try (Database database = Database.open(config)) {
      database.migrate();
    }
    insertHistory("date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'");
    insertHistory("now() - interval '3 years'");
    String nextMonth =
        "date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'"
            + " + interval '1 month'";

    // when, then
    assertThat(query(config, "select trunkline.drop_history_before(now())")).containsExactly("0");
    assertThat(query(config, "select count(*) from trunkline.session_history"))
        .containsExactly("1");
    assertThat(query(config, "select trunkline.drop_history_before(" + nextMonth + ")"))
        .containsExactly("1");
    assertThat(query(config, "select count(*) from trunkline.session_history"))
        .containsExactly("0");
  }

  @Test
  void tidyHistory_keepsWhatIsYoungEnough() throws Exception {
    try (Database database = Database.open(config)) {
      database.migrate();
      insertHistory("now() - interval '3 years'");
      insertHistory("now() - interval '10 days'");

      database.tidyHistory(Duration.ZERO);
      assertThat(query(config, "select count(*) from trunkline.session_history"))
          .containsExactly("2");

      database.tidyHistory(Duration.ofDays(300));
      assertThat(query(config, "select count(*) from trunkline.session_history"))
          .containsExactly("1");
    }
  }

  @Test
  void disconnectsDaily_countsByUtcDayAndCode() throws Exception {
    try (Database database = Database.open(config)) {
      database.migrate();
    }
    insertHistory("'2026-03-01 00:00:00Z'");
    insertHistory("'2026-03-01 23:59:59Z'");
    insertHistory("'2026-03-03 12:00:00Z'");

    assertThat(query(config, "select * from report.disconnects_daily order by day"))
        .containsExactly("2026-03-01|1|X|2", "2026-03-03|1|X|1");
  }

  private void insertHistory(String endedAt) {
    execute(
        config,
        """
        insert into trunkline.session_history (id, epoch, ended_at, close_code, close_name, reason)
        values (gen_random_uuid(), 1, %s, 1, 'X', '')
        """
            .formatted(endedAt));
  }

  @Test
  void tables_surviveACrashOfTheServer() throws Exception {
    try (Database database = Database.open(config)) {
      database.migrate();
    }

    assertThat(
            query(
                config,
                "select relname from pg_class where relpersistence = 'u' and"
                    + " relnamespace = 'trunkline'::regnamespace"))
        .isEmpty();
  }
}
