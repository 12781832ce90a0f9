package io.trunkline.persistence;

import static io.trunkline.persistence.MessageSamples.ALICE;
import static io.trunkline.persistence.MessageSamples.NEWS;
import static io.trunkline.persistence.MessageSamples.draft;
import static io.trunkline.persistence.MessageSamples.sent;
import static io.trunkline.persistence.MessageSamples.settlement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What report writers see of deliveries, through their own role. */
class DeliveryReportTest {
  private static final String PASSWORD = "report-password";

  private MessageSamples db;
  private DatabaseConfig report;

  @BeforeEach
  void open() throws Exception {
    db = new MessageSamples();
    db.database.setReportPassword(PASSWORD.toCharArray());
    report =
        new DatabaseConfig(
            db.config.url(), "trunkline_report", PASSWORD, 2, db.config.connectTimeout());
  }

  @AfterEach
  void close() {
    db.close();
  }

  private List<String> asReport(String sql) {
    return TestServer.query(report, sql);
  }

  @Test
  void deliveryTrace_tellsTheStoryOfAMessage_alsoAfterItIsPruned() {
    StoredMessage message = db.one(draft(ALICE, "a1"));
    UUID session = UUID.randomUUID();
    db.store.record(List.of(sent(message, session)));
    db.settle(settlement(message, MessageState.DELIVERED, "phone", session));
    db.age("2 days");
    db.store.prune(Duration.ofDays(1), Duration.ofDays(1), 1, 10);
    assertThat(db.store.find("a1")).isEmpty();

    assertThat(
            asReport(
                """
                select step, stream_kind, stream_name, stream_offset, type, user_id, device_id,
                  session_id = '%s', node_id, attempt, latency_ms >= 0
                from report.delivery_trace where message_id = 'a1'
                order by step <> 'STORED', at, step_id
                """
                    .formatted(session)))
        .containsExactly(
            "STORED|USER|alice|1|order|alice|null|null|node-1|null|null",
            "SENT|USER|alice|1|null|bob|phone|t|node-1|1|null",
            "DELIVERED|USER|alice|1|order|alice|phone|t|node-1|1|t");
  }

  @Test
  void deliveryDaily_countsStoredAndOutcomes_withTheirLatency() {
    List<StoredMessage> m =
        db.stored(draft(ALICE, "a1"), draft(ALICE, "a2"), draft(ALICE, "a3"), draft(NEWS, "n1"));
    db.execute("update trunkline.message set stored_at = stored_at - interval '10 seconds'");
    db.settle(
        settlement(m.get(0), MessageState.DELIVERED, "phone"),
        settlement(m.get(1), MessageState.DELIVERED, "phone"),
        settlement(m.get(2), MessageState.EXPIRED, "phone"),
        settlement(m.get(3), MessageState.DELIVERED, "phone"),
        settlement(m.get(3), MessageState.DELIVERED, "tablet"));

    assertThat(
            asReport(
                """
                select stream_kind, type, outcome, deliveries,
                  latency_median_ms between 10000 and 100000,
                  latency_p99_ms between latency_median_ms and 100000
                from report.delivery_daily
                where day between (now() at time zone 'UTC')::date - 1
                  and (now() at time zone 'UTC')::date
                order by 1, 2, 3
                """))
        .containsExactly(
            "TOPIC|order|DELIVERED|2|t|t",
            "TOPIC|order|STORED|1|null|null",
            "USER|order|DELIVERED|2|t|t",
            "USER|order|EXPIRED|1|t|t",
            "USER|order|STORED|3|null|null");
  }

  @Test
  void deliveryDaily_alsoCountsWhatHasNoPartition() {
    db.one(draft(ALICE, "a1"));
    db.execute(
        """
        insert into trunkline.delivery_step (at, stream_epoch, stream_offset, stream_kind,
          stream_name, message_id, step, type, node_id, detail)
        values ('2020-02-03 23:59:59Z', 1, 1, 'USER', 'x', 'm', 'STORED', '', 'n', '')
        """);

    assertThat(
            asReport("select day, deliveries from report.delivery_daily where day < '2021-01-01'"))
        .containsExactly("2020-02-03|1");
  }

  @Test
  void concurrencyByMinute_countsWhoLivedInAnyPartOfTheMinute() {
    history("2026-03-01 23:59:30Z", "2026-03-02 00:01:10Z");
    history("2026-03-02 00:01:20Z", "2026-03-02 00:01:40Z");
    history("2026-03-02 00:02:00Z", "2026-03-03 00:00:00Z");
    history("2026-03-02 23:59:59Z", "2026-05-02 00:00:00Z");
    db.session("living", "node-1", "ACTIVE");

    assertThat(
            asReport(
                """
                select minute at time zone 'UTC', sessions from report.concurrency_by_minute
                where day = '2026-03-02' and (minute < '2026-03-02 00:04Z'
                  or minute > '2026-03-02 23:57Z')
                order by minute
                """))
        .containsExactly(
            "2026-03-02 00:00:00|1",
            "2026-03-02 00:01:00|2",
            "2026-03-02 00:02:00|1",
            "2026-03-02 00:03:00|1",
            "2026-03-02 23:58:00|1",
            "2026-03-02 23:59:00|2");
    assertThat(
            asReport(
                """
                select sessions from report.concurrency_by_minute
                where day = (now() at time zone 'UTC')::date order by minute desc limit 1
                """))
        .containsExactly("1");
    assertThat(
            asReport("select count(*) from report.concurrency_by_minute where day = '2026-03-04'"))
        .containsExactly("1440");
  }

  private void history(String from, String to) {
    db.execute(
        """
        insert into trunkline.session_history
          (id, epoch, started_at, ended_at, close_code, close_name, reason)
        values (gen_random_uuid(), 1, '%s', '%s', 1, 'X', '')
        """
            .formatted(from, to));
  }

  @Test
  void steps_haveMonthlyPartitions_thatRetentionDrops() {
    assertThat(
            db.query(
                """
                select count(*) from pg_inherits i
                where i.inhparent = 'trunkline.delivery_step'::regclass
                """))
        .containsExactly("4"); // this month, two to come, and the default
    db.one(draft(ALICE, "a1"));
    assertThat(db.query("select count(*) from trunkline.delivery_step_default"))
        .containsExactly("0");
    db.execute("update trunkline.delivery_step set at = at - interval '3 years'");
    db.one(draft(ALICE, "a2"));

    db.database.tidyHistory(Duration.ofDays(300));

    assertThat(db.query("select message_id from trunkline.delivery_step")).containsExactly("a2");
    assertThat(
            db.query(
                """
                select trunkline.drop_months_before('delivery_step', 'at',
                  now() + interval '1 month')
                """))
        .containsExactly("1");
    assertThat(db.query("select count(*) from trunkline.delivery_step")).containsExactly("0");
  }

  @Test
  void reportRole_mayNotReadTheTables() {
    for (String table : List.of("message", "stream", "receipt", "recipient", "delivery_step")) {
      assertThatThrownBy(() -> TestServer.execute(report, "select * from trunkline." + table))
          .hasMessageContaining("permission denied");
    }
  }
}
