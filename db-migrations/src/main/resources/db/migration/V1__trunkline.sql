-- Trunkline's own tables. Nothing outside the gateway and its console reads them: report writers have schema report.
--
-- Names that are sorted or searched by prefix are COLLATE "C": one plain index serves equality, LIKE 'prefix%' and
-- the order of pages, whatever the locale of the database.

-- Flyway makes the schema itself, for the table of its own that it keeps there.
REVOKE ALL ON SCHEMA trunkline FROM PUBLIC;

-- One row for each session that lives (ACTIVE or DETACHED). Survives a crash of the server on purpose: what is left
-- here by a dead node is closed in history when the node starts again.
CREATE TABLE trunkline.live_session (
  id             uuid        PRIMARY KEY,
  epoch          integer     NOT NULL,
  state          text        NOT NULL CHECK (state IN ('ACTIVE', 'DETACHED')),
  user_id        text        COLLATE "C" NOT NULL,
  device_id      text        COLLATE "C" NOT NULL,
  client_name    text        COLLATE "C" NOT NULL,
  client_version text        NOT NULL,
  platform       text        NOT NULL,
  transport      text        NOT NULL,
  remote_address text        COLLATE "C" NOT NULL,
  node_id        text        COLLATE "C" NOT NULL,
  attributes     jsonb       NOT NULL,
  started_at     timestamptz NOT NULL,
  detached_at    timestamptz
);

-- (…, id): the order of pages is by value and then id. No GIN index on attributes: it would cost every start and end
-- more than the scan of one live table costs the few who ask.
CREATE INDEX live_session_user ON trunkline.live_session (user_id, id);
CREATE INDEX live_session_node ON trunkline.live_session (node_id, id);
CREATE INDEX live_session_started ON trunkline.live_session (started_at, id);

-- Rows come and go all day: vacuum early, and leave room for updates in place.
ALTER TABLE trunkline.live_session
  SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);

-- One row for each session that ended, written once. What is not known is NULL: the traffic of a session whose node
-- was killed, or all but the end of a session whose start was never written.
CREATE TABLE trunkline.session_history (
  id             uuid        NOT NULL,
  epoch          integer     NOT NULL,
  user_id        text        COLLATE "C",
  device_id      text        COLLATE "C",
  client_name    text        COLLATE "C",
  client_version text,
  platform       text,
  transport      text,
  remote_address text        COLLATE "C",
  node_id        text        COLLATE "C",
  attributes     jsonb,
  started_at     timestamptz,
  ended_at       timestamptz NOT NULL,
  close_code     integer     NOT NULL,
  close_name     text        NOT NULL,
  reason         text        NOT NULL,
  bytes_in       bigint,
  bytes_out      bigint,
  messages_in    bigint,
  messages_out   bigint,
  PRIMARY KEY (id, ended_at)
) PARTITION BY RANGE (ended_at);

CREATE INDEX session_history_ended ON trunkline.session_history (ended_at);
CREATE INDEX session_history_user ON trunkline.session_history (user_id, ended_at);

-- Takes what no monthly partition takes, so that no record is ever refused.
CREATE TABLE trunkline.session_history_default PARTITION OF trunkline.session_history DEFAULT;

-- Makes the partitions of this month (UTC) and of months_ahead months after it, and moves into them what the default
-- partition already took. Returns how many it made. May run on several nodes at once.
CREATE FUNCTION trunkline.ensure_history_partitions(months_ahead int) RETURNS int
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
    name := 'session_history_' || to_char(first_day, 'YYYY_MM');
    CONTINUE WHEN to_regclass('trunkline.' || name) IS NOT NULL;
    PERFORM pg_advisory_xact_lock(hashtext('trunkline.session_history'));
    CONTINUE WHEN to_regclass('trunkline.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE trunkline.%I (LIKE trunkline.session_history INCLUDING ALL)', name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM trunkline.session_history_default
                      WHERE ended_at >= %L AND ended_at < %L RETURNING *)
       INSERT INTO trunkline.%I SELECT * FROM moved', first_day, next_month, name);
    EXECUTE format('ALTER TABLE trunkline.session_history ATTACH PARTITION trunkline.%I FOR VALUES FROM (%L) TO (%L)',
      name, first_day, next_month);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Retention: drops the monthly partitions that end before the given time, and deletes from the default partition.
-- Returns how many partitions went. History is kept by whole months, so it may reach back up to a month further.
CREATE FUNCTION trunkline.drop_history_before(before timestamptz) RETURNS int
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  name text;
  gone int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trunkline.session_history'));
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'trunkline.session_history'::regclass
      AND c.relname ~ '^session_history_\d{4}_\d{2}$'
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE trunkline.%I', name);
    gone := gone + 1;
  END LOOP;
  DELETE FROM trunkline.session_history_default WHERE ended_at < before;
  RETURN gone;
END $$;

SELECT trunkline.ensure_history_partitions(2);

-- Gateway nodes. The lease is reckoned by this server's clock alone, so that the nodes' clocks do not matter.
CREATE TABLE trunkline.node (
  id             text        COLLATE "C" PRIMARY KEY,
  client_address text        NOT NULL,
  api_address    text        NOT NULL,
  sessions       integer     NOT NULL,
  started_at     timestamptz NOT NULL,
  lease_until    timestamptz NOT NULL
);

CREATE TABLE trunkline.ban (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    text        COLLATE "C" NOT NULL,
  device_id  text        COLLATE "C",
  until      timestamptz NOT NULL,
  reason     text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ban_until ON trunkline.ban (until);

-- Who may log in to the console. password_hash is Argon2id in its usual encoding ($argon2id$…).
CREATE TABLE trunkline.operator (
  name          text        COLLATE "C" PRIMARY KEY,
  password_hash text        NOT NULL,
  changed_at    timestamptz NOT NULL
);

CREATE TABLE trunkline.operator_action (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL,
  operator text        COLLATE "C" NOT NULL,
  via      text        NOT NULL,
  action   text        NOT NULL,
  target   text,
  detail   text        NOT NULL,
  outcome  text        NOT NULL
);
CREATE INDEX operator_action_at ON trunkline.operator_action (at);
