-- Stored messages: their streams, what became of them, the receipts about them, and the trace of their way.
--
-- An update of a message's state is never "in place" (HOT): the state is in the conditions of the partial indexes. In
-- exchange those indexes hold only what is PENDING, which is little, however long the history is.

-- One row for each stream. Storing takes this row's lock: so offsets are dense, and visible in their order. The epoch
-- is the time of creation in seconds, so that a database that was wiped does not give the same one again.
CREATE TABLE trunkline.stream (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text        COLLATE "C" NOT NULL CHECK (kind IN ('USER', 'TOPIC', 'BROADCAST')),
  name          text        COLLATE "C" NOT NULL,
  epoch         bigint      NOT NULL DEFAULT greatest(1, floor(extract(epoch FROM clock_timestamp())))::bigint,
  last_offset   bigint      NOT NULL DEFAULT 0,
  pruned_offset bigint      NOT NULL DEFAULT 0,
  UNIQUE (kind, name)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- No foreign key to stream: it would lock the stream's row once more for each message, and streams are never deleted.
CREATE TABLE trunkline.message (
  stream_id       bigint      NOT NULL,
  "offset"        bigint      NOT NULL,
  many            boolean     NOT NULL,
  priority        smallint    NOT NULL,
  attempts        integer     NOT NULL DEFAULT 0,
  stored_at       timestamptz NOT NULL,
  published_at    timestamptz NOT NULL,
  expires_at      timestamptz,
  -- When to look whether somebody has sent it, by the database's clock; NULL: at rest, its user is away.
  next_look_at    timestamptz,
  settled_at      timestamptz,
  session_id      uuid,
  settled_session uuid,
  state           text        COLLATE "C" NOT NULL,
  message_id      text        COLLATE "C" NOT NULL,
  publication     text        NOT NULL,
  device          text        COLLATE "C",
  selector        text,
  expected        text        NOT NULL,
  type            text        NOT NULL,
  content_type    text        NOT NULL,
  conflation_key  text        COLLATE "C",
  reply_to        text,
  correlation_id  text,
  settled_device  text        COLLATE "C",
  settled_node    text,
  settled_detail  text,
  payload         bytea       NOT NULL,
  PRIMARY KEY (stream_id, "offset"),
  -- The id first: it also finds a message by its id alone.
  UNIQUE (message_id, stream_id)
) WITH (autovacuum_vacuum_scale_factor = 0.1);

CREATE INDEX message_pending ON trunkline.message (stream_id, "offset") WHERE state = 'PENDING' AND NOT many;
CREATE INDEX message_due ON trunkline.message (next_look_at)
  WHERE state = 'PENDING' AND NOT many AND next_look_at IS NOT NULL;
CREATE INDEX message_expiry ON trunkline.message (expires_at)
  WHERE state = 'PENDING' AND NOT many AND expires_at IS NOT NULL;
CREATE INDEX message_session ON trunkline.message (session_id)
  WHERE state = 'PENDING' AND NOT many AND session_id IS NOT NULL;
CREATE INDEX message_key ON trunkline.message (stream_id, conflation_key)
  WHERE state = 'PENDING' AND NOT many AND conflation_key IS NOT NULL;
CREATE INDEX message_open ON trunkline.message (stored_at) WHERE state = 'PENDING' AND many AND reply_to IS NOT NULL;
CREATE INDEX message_dead ON trunkline.message (settled_at) WHERE state = 'DEAD';
CREATE INDEX message_settled ON trunkline.message (settled_at) WHERE state <> 'PENDING' AND NOT many;

-- What became of a message for many at each of its recipients: a row of the primary key decides once.
CREATE TABLE trunkline.recipient (
  stream_id  bigint      NOT NULL,
  "offset"   bigint      NOT NULL,
  session_id uuid        NOT NULL,
  attempts   integer     NOT NULL,
  outcome    text        COLLATE "C" NOT NULL,
  PRIMARY KEY (stream_id, "offset", session_id)
) WITH (fillfactor = 90);

-- Receipts that are on their way to the broker; a row lives for milliseconds unless the broker is away.
CREATE TABLE trunkline.receipt (
  id             uuid        PRIMARY KEY,
  destination    text        NOT NULL,
  correlation_id text        NOT NULL,
  status         text        NOT NULL,
  body           text        NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  taken_at       timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX receipt_waiting ON trunkline.receipt (coalesce(taken_at, created_at));

-- The trace: written once, never changed, dropped by months. Whole without the message, which may be pruned before.
-- "at" is the clock of who tells; the latency is the database's alone.
CREATE SEQUENCE trunkline.delivery_step_id CACHE 1;
CREATE TABLE trunkline.delivery_step (
  id            bigint      NOT NULL DEFAULT nextval('trunkline.delivery_step_id'),
  at            timestamptz NOT NULL,
  stream_epoch  bigint      NOT NULL,
  stream_offset bigint      NOT NULL,
  latency_ms    double precision,
  session_id    uuid,
  attempt       integer,
  stream_kind   text        COLLATE "C" NOT NULL,
  stream_name   text        COLLATE "C" NOT NULL,
  message_id    text        COLLATE "C" NOT NULL,
  step          text        COLLATE "C" NOT NULL,
  type          text,
  node_id       text        COLLATE "C" NOT NULL,
  user_id       text        COLLATE "C",
  device_id     text        COLLATE "C",
  detail        text        NOT NULL
) PARTITION BY RANGE (at);
ALTER SEQUENCE trunkline.delivery_step_id OWNED BY trunkline.delivery_step.id;

-- Rows come in the order of time, so a block range index of a few pages finds a day.
CREATE INDEX delivery_step_message ON trunkline.delivery_step (message_id);
CREATE INDEX delivery_step_at ON trunkline.delivery_step USING brin (at)
  WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE trunkline.delivery_step_default PARTITION OF trunkline.delivery_step DEFAULT;

-- For any history table that is partitioned by months of one column: makes the partitions of this month (UTC) and of
-- months_ahead months after it, and moves into them what the default partition already took. Returns how many it made.
-- May run on several nodes at once.
CREATE FUNCTION trunkline.ensure_month_partitions(parent text, time_column text, months_ahead int) RETURNS int
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  first_day  timestamptz;
  next_month timestamptz;
  name       text;
  made       int := 0;
BEGIN
  FOR i IN 0..months_ahead LOOP
    first_day := date_trunc('month', now()) + make_interval(months => i);
    next_month := first_day + interval '1 month';
    name := parent || '_' || to_char(first_day, 'YYYY_MM');
    CONTINUE WHEN to_regclass('trunkline.' || name) IS NOT NULL;
    PERFORM pg_advisory_xact_lock(hashtext('trunkline.' || parent));
    CONTINUE WHEN to_regclass('trunkline.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE trunkline.%I (LIKE trunkline.%I INCLUDING ALL)', name, parent);
    EXECUTE format(
      'WITH moved AS (DELETE FROM trunkline.%I WHERE %I >= %L AND %I < %L RETURNING *)
       INSERT INTO trunkline.%I SELECT * FROM moved',
      parent || '_default', time_column, first_day, time_column, next_month, name);
    EXECUTE format('ALTER TABLE trunkline.%I ATTACH PARTITION trunkline.%I FOR VALUES FROM (%L) TO (%L)',
      parent, name, first_day, next_month);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Retention of such a table: drops the monthly partitions that end before the given time, and deletes from the default
-- partition. Returns how many partitions went. Kept by whole months, so it may reach back up to a month further.
CREATE FUNCTION trunkline.drop_months_before(parent text, time_column text, before timestamptz) RETURNS int
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  name text;
  gone int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.' || parent));
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ('trunkline.' || parent)::regclass
      AND c.relname ~ ('^' || parent || '_\d{4}_\d{2}$')
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE trunkline.%I', name);
    gone := gone + 1;
  END LOOP;
  EXECUTE format('DELETE FROM trunkline.%I WHERE %I < %L', parent || '_default', time_column, before);
  RETURN gone;
END $$;

-- The same under the names that they had before there were several such tables.
CREATE OR REPLACE FUNCTION trunkline.ensure_history_partitions(months_ahead int) RETURNS int
LANGUAGE sql AS $$ SELECT trunkline.ensure_month_partitions('session_history', 'ended_at', months_ahead) $$;
CREATE OR REPLACE FUNCTION trunkline.drop_history_before(before timestamptz) RETURNS int
LANGUAGE sql AS $$ SELECT trunkline.drop_months_before('session_history', 'ended_at', before) $$;

SELECT trunkline.ensure_month_partitions('delivery_step', 'at', 2);

-- For report.concurrency_by_minute: finds in the months after a day what began before its end.
CREATE INDEX session_history_started ON trunkline.session_history (started_at);
