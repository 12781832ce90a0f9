-- Report views on deliveries, and on how many sessions lived when.

CREATE VIEW report.delivery_trace AS
SELECT at, message_id, step, stream_kind, stream_name, stream_epoch, stream_offset, type, user_id, device_id, session_id,
  node_id, attempt, latency_ms, detail, id AS step_id
FROM trunkline.delivery_step;

COMMENT ON VIEW report.delivery_trace IS
  'Every step of every stored message on its way, one row each. Give a message_id, or a range of at: only the months asked for are read. In order: order by step <> ''STORED'', at, step_id.';
COMMENT ON COLUMN report.delivery_trace.at IS 'When, by the clock of the node that tells it (STORED: the database''s).';
COMMENT ON COLUMN report.delivery_trace.message_id IS 'The publisher''s id of the message (tl_id, else JMSMessageID).';
COMMENT ON COLUMN report.delivery_trace.step IS
  'STORED, DUPLICATE (published again under the same id), SENT (written to a connection), UNACKNOWLEDGED (no acknowledgement came in time), RETRIED (by an operator), CLOSED (the summary was written), or an outcome: DELIVERED, REPLIED, EXPIRED, DEAD, CONFLATED, FAILED.';
COMMENT ON COLUMN report.delivery_trace.stream_kind IS 'USER: a message for one user. TOPIC, BROADCAST: for many; each recipient has steps of its own.';
COMMENT ON COLUMN report.delivery_trace.stream_name IS 'The user or the topic; empty for broadcasts and audiences.';
COMMENT ON COLUMN report.delivery_trace.stream_epoch IS 'Offsets count within an epoch of their stream.';
COMMENT ON COLUMN report.delivery_trace.stream_offset IS 'The message''s number in its stream.';
COMMENT ON COLUMN report.delivery_trace.type IS 'The message''s type (tl_type). NULL in steps that are neither STORED nor an outcome.';
COMMENT ON COLUMN report.delivery_trace.user_id IS 'Whose step it is; NULL where it is nobody''s in particular.';
COMMENT ON COLUMN report.delivery_trace.device_id IS 'Device of that user; NULL where no client took part.';
COMMENT ON COLUMN report.delivery_trace.session_id IS 'The session, as in session_history; NULL where no client took part.';
COMMENT ON COLUMN report.delivery_trace.node_id IS 'Gateway node that did it; empty if it was none.';
COMMENT ON COLUMN report.delivery_trace.attempt IS 'Which attempt to send, from 1; NULL where that means nothing.';
COMMENT ON COLUMN report.delivery_trace.latency_ms IS 'For outcomes: milliseconds since the message was stored, by the database''s clock.';
COMMENT ON COLUMN report.delivery_trace.detail IS 'The reason or other details, for a person.';
COMMENT ON COLUMN report.delivery_trace.step_id IS 'Number of the record; orders steps of the same time.';

-- By day through LATERAL, so that a condition on day reads only that day. The first day comes from the partitions'
-- names: the column itself has no index that could tell it.
CREATE VIEW report.delivery_daily AS
SELECT d.day, s.stream_kind, s.type, s.outcome, s.deliveries, s.latency_median_ms, s.latency_p99_ms
FROM (
  SELECT generate_series(
    least(
      (SELECT min(to_date(right(c.relname, 7), 'YYYY_MM'))
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'trunkline.delivery_step'::regclass AND c.relname ~ '_\d{4}_\d{2}$'),
      (SELECT (min(at) AT TIME ZONE 'UTC')::date FROM trunkline.delivery_step_default))::timestamp,
    (now() AT TIME ZONE 'UTC')::date + interval '1 day',
    interval '1 day')::date AS day
) d
CROSS JOIN LATERAL (
  SELECT stream_kind, type, step AS outcome, count(*) AS deliveries,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS latency_median_ms,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms) AS latency_p99_ms
  FROM trunkline.delivery_step
  WHERE at >= d.day::timestamp AT TIME ZONE 'UTC' AND at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
    AND step IN ('STORED', 'DELIVERED', 'REPLIED', 'EXPIRED', 'DEAD', 'CONFLATED', 'FAILED')
  GROUP BY stream_kind, type, step
) s;

COMMENT ON VIEW report.delivery_daily IS
  'What was stored and what became of it, by day, kind, type and outcome. Give a day or a range of days: only they are read.';
COMMENT ON COLUMN report.delivery_daily.day IS 'Day of the outcome, in UTC; for STORED the day of the storing.';
COMMENT ON COLUMN report.delivery_daily.stream_kind IS 'USER: messages for one user. TOPIC, BROADCAST: for many.';
COMMENT ON COLUMN report.delivery_daily.type IS 'The messages'' type (tl_type); empty if they have none.';
COMMENT ON COLUMN report.delivery_daily.outcome IS
  'DELIVERED, REPLIED, EXPIRED, DEAD, CONFLATED or FAILED; STORED counts what was stored, whatever became of it.';
COMMENT ON COLUMN report.delivery_daily.deliveries IS
  'How many. STORED: messages. Outcomes: messages for one user, and each recipient of messages for many. A message that was DEAD and retried has an outcome each time.';
COMMENT ON COLUMN report.delivery_daily.latency_median_ms IS 'Half of them took at most so many milliseconds from stored to the outcome; NULL for STORED.';
COMMENT ON COLUMN report.delivery_daily.latency_p99_ms IS 'The same for 99 of 100.';

-- One pass for each day: sessions that lived on that day count up in the minute in which they began (or at midnight)
-- and down in the minute after the one in which they ended.
CREATE VIEW report.concurrency_by_minute AS
SELECT d.day, m.minute, m.sessions
FROM (
  SELECT generate_series(
    (least((SELECT min(started_at) FROM trunkline.session_history),
           (SELECT min(started_at) FROM trunkline.live_session)) AT TIME ZONE 'UTC')::date::timestamp,
    (now() AT TIME ZONE 'UTC')::date::timestamp,
    interval '1 day')::date AS day
) d
CROSS JOIN LATERAL (
  SELECT g.minute, (sum(coalesce(c.change, 0)) OVER (ORDER BY g.minute))::bigint AS sessions
  FROM generate_series(
    d.day::timestamp AT TIME ZONE 'UTC',
    least(now(), (d.day + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 minute'),
    interval '1 minute') AS g(minute)
  LEFT JOIN (
    SELECT e.minute, sum(e.change) AS change
    FROM (
      SELECT started_at, ended_at FROM trunkline.session_history
      WHERE ended_at >= d.day::timestamp AT TIME ZONE 'UTC'
        AND started_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
      UNION ALL
      SELECT started_at, NULL FROM trunkline.live_session
      WHERE started_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
    ) s
    CROSS JOIN LATERAL (
      VALUES (date_trunc('minute', greatest(s.started_at, d.day::timestamp AT TIME ZONE 'UTC'), 'UTC'), 1),
             (date_trunc('minute', s.ended_at, 'UTC') + interval '1 minute', -1)
    ) e(minute, change)
    WHERE e.minute IS NOT NULL
    GROUP BY e.minute
  ) c ON c.minute = g.minute
) m;

COMMENT ON VIEW report.concurrency_by_minute IS
  'How many sessions lived in each minute, also those that lived in a part of it only. Give a day or a range of days, and then minutes if you like: only those days are reckoned.';
COMMENT ON COLUMN report.concurrency_by_minute.day IS 'The minute''s day, in UTC.';
COMMENT ON COLUMN report.concurrency_by_minute.minute IS 'Start of the minute.';
COMMENT ON COLUMN report.concurrency_by_minute.sessions IS
  'Sessions (connected or detached) that lived in that minute. A session whose start was never recorded is not counted.';
