-- Sessions that outlive their connection.

ALTER TABLE trunkline.live_session
  -- When the session last got a connection, by the node's clock, as started_at.
  ADD COLUMN attached_at          timestamptz,
  -- By this server's clock; set while DETACHED.
  ADD COLUMN resumable_until      timestamptz,
  -- Why the connection was lost: the reason of the end, should the client not come back.
  ADD COLUMN lost_code            integer,
  ADD COLUMN lost_name            text,
  ADD COLUMN lost_reason          text,
  -- SHA-256 of the resume token's secret; NULL: cannot be resumed.
  ADD COLUMN token_hash           bytea,
  -- Those before it, the newest first: the first still works until token_previous_until; a token that is found here
  -- otherwise has been used twice.
  ADD COLUMN token_retired        bytea[] NOT NULL DEFAULT '{}',
  ADD COLUMN token_previous_until timestamptz,
  -- Of the attaches that are over. NULL: one of them died with its node, so the sum is not known.
  ADD COLUMN bytes_in             bigint DEFAULT 0,
  ADD COLUMN bytes_out            bigint DEFAULT 0,
  ADD COLUMN messages_in          bigint DEFAULT 0,
  ADD COLUMN messages_out         bigint DEFAULT 0;

CREATE INDEX live_session_resumable ON trunkline.live_session (resumable_until) WHERE state = 'DETACHED';

ALTER TABLE trunkline.session_history ADD COLUMN detached_at timestamptz;

CREATE OR REPLACE VIEW report.session_history AS
SELECT id AS session_id, user_id, device_id, client_name, client_version, platform, transport, remote_address, node_id,
  attributes, started_at, ended_at, close_code, close_name, reason, bytes_in, bytes_out, messages_in, messages_out,
  detached_at, epoch AS attaches
FROM trunkline.session_history
UNION ALL
SELECT id, user_id, device_id, client_name, client_version, platform, transport, remote_address, node_id,
  attributes, started_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  detached_at, epoch
FROM trunkline.live_session;

COMMENT ON COLUMN report.session_history.ended_at IS
  'When it ended; NULL while it lives. For a session whose client did not come back: when its grace time was over.';
COMMENT ON COLUMN report.session_history.reason IS
  'Why it ended, for a person; names who decided it where somebody did. For a session whose client did not come back: how its connection was lost.';
COMMENT ON COLUMN report.session_history.bytes_in IS
  'Bytes read from the client, over all its connections. NULL: living, or unknown because a node was killed or the session was ended from elsewhere.';
COMMENT ON COLUMN report.session_history.detached_at IS
  'When its connection was lost, if it was without one then; NULL: it was connected to its end, or is.';
COMMENT ON COLUMN report.session_history.attaches IS
  'How many connections the session has had, one after the other: 1, and one more for each time that it was resumed.';

CREATE OR REPLACE VIEW report.session_current AS
SELECT id AS session_id, state, user_id, device_id, client_name, client_version, platform, transport, remote_address,
  node_id, attributes, started_at, detached_at, resumable_until, epoch AS attaches
FROM trunkline.live_session;

COMMENT ON COLUMN report.session_current.node_id IS 'Gateway node that holds the session; of a DETACHED one: held it last.';
COMMENT ON COLUMN report.session_current.resumable_until IS 'Until when the client may come back; NULL while connected.';
COMMENT ON COLUMN report.session_current.attaches IS
  'How many connections the session has had: 1, and one more for each time that it was resumed.';
