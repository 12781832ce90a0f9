-- What report writers read: schema report, through the role trunkline_report. Views keep their names, columns and
-- meanings across releases; a column may be added at the end. Every view and column carries its description, which
-- psql shows with \d+.

CREATE SCHEMA report;
COMMENT ON SCHEMA report IS 'Documented, stable views for reports. All times are timestamptz.';

-- A role belongs to the whole cluster: it may be there already, made by another database or by an administrator.
-- Its password is set apart from this, so it cannot log in yet.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trunkline_report') THEN
    BEGIN
      CREATE ROLE trunkline_report NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN
        NULL; -- Made by another database's migration at this very moment.
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The role trunkline_report is missing and user % may not create it', current_user
          USING HINT = 'As an administrator: CREATE ROLE trunkline_report NOLOGIN; then start again.';
    END;
  END IF;
  IF NOT EXISTS (
    SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
    WHERE r.rolname = 'trunkline_report' AND 'default_transaction_read_only=on' = ANY (s.setconfig)
  ) THEN
    BEGIN
      ALTER ROLE trunkline_report SET default_transaction_read_only = on;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'User % may not alter the role trunkline_report; as an administrator: '
        'ALTER ROLE trunkline_report SET default_transaction_read_only = on;', current_user;
    END;
  END IF;
END $$;

GRANT USAGE ON SCHEMA report TO trunkline_report;
ALTER DEFAULT PRIVILEGES IN SCHEMA report GRANT SELECT ON TABLES TO trunkline_report;

CREATE VIEW report.session_history AS
SELECT id AS session_id, user_id, device_id, client_name, client_version, platform, transport, remote_address, node_id,
  attributes, started_at, ended_at, close_code, close_name, reason, bytes_in, bytes_out, messages_in, messages_out
FROM trunkline.session_history
UNION ALL
SELECT id, user_id, device_id, client_name, client_version, platform, transport, remote_address, node_id,
  attributes, started_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM trunkline.live_session;

COMMENT ON VIEW report.session_history IS
  'Every session, living or ended, one row each. Give a range of ended_at (or ended_at IS NULL) where you can: only the months asked for are read.';
COMMENT ON COLUMN report.session_history.session_id IS 'The session''s id; stays the same when a client resumes its session.';
COMMENT ON COLUMN report.session_history.user_id IS 'User as named by the client''s token. NULL: the start was never recorded.';
COMMENT ON COLUMN report.session_history.device_id IS 'Device of that user.';
COMMENT ON COLUMN report.session_history.client_name IS 'Name of the client program, as it says itself.';
COMMENT ON COLUMN report.session_history.client_version IS 'Version of the client program, as it says itself.';
COMMENT ON COLUMN report.session_history.platform IS 'Platform of the client, as it says itself, for example ios.';
COMMENT ON COLUMN report.session_history.transport IS 'How it was connected: tcp, ws (binary WebSocket) or ws-json.';
COMMENT ON COLUMN report.session_history.remote_address IS 'Address and port of the client, for example 10.1.2.3:4567.';
COMMENT ON COLUMN report.session_history.node_id IS 'Gateway node that held the session last.';
COMMENT ON COLUMN report.session_history.attributes IS 'Attributes from the token as a JSON object of strings, for example attributes->>''region''.';
COMMENT ON COLUMN report.session_history.started_at IS 'When the session began, by the node''s clock.';
COMMENT ON COLUMN report.session_history.ended_at IS 'When it ended; NULL while it lives. For a node that was killed: when its lease ended.';
COMMENT ON COLUMN report.session_history.close_code IS 'Number of the protocol''s close code; NULL while the session lives.';
COMMENT ON COLUMN report.session_history.close_name IS 'Name of the close code, for example KICKED.';
COMMENT ON COLUMN report.session_history.reason IS 'Why it ended, for a person; names who decided it where somebody did.';
COMMENT ON COLUMN report.session_history.bytes_in IS 'Bytes read from the client. NULL: living, or unknown because the node was killed.';
COMMENT ON COLUMN report.session_history.bytes_out IS 'Bytes given to the client''s connection. NULL as bytes_in.';
COMMENT ON COLUMN report.session_history.messages_in IS 'Frames from the client. NULL as bytes_in.';
COMMENT ON COLUMN report.session_history.messages_out IS 'Frames to the client. NULL as bytes_in.';

CREATE VIEW report.session_current AS
SELECT id AS session_id, state, user_id, device_id, client_name, client_version, platform, transport, remote_address,
  node_id, attributes, started_at, detached_at
FROM trunkline.live_session;

COMMENT ON VIEW report.session_current IS 'Sessions that live now, in the whole cluster, one row each.';
COMMENT ON COLUMN report.session_current.session_id IS 'The session''s id.';
COMMENT ON COLUMN report.session_current.state IS 'ACTIVE: connected. DETACHED: the connection is lost, the client may still come back.';
COMMENT ON COLUMN report.session_current.user_id IS 'User as named by the client''s token.';
COMMENT ON COLUMN report.session_current.device_id IS 'Device of that user.';
COMMENT ON COLUMN report.session_current.client_name IS 'Name of the client program, as it says itself.';
COMMENT ON COLUMN report.session_current.client_version IS 'Version of the client program, as it says itself.';
COMMENT ON COLUMN report.session_current.platform IS 'Platform of the client, as it says itself, for example ios.';
COMMENT ON COLUMN report.session_current.transport IS 'How it is connected: tcp, ws (binary WebSocket) or ws-json.';
COMMENT ON COLUMN report.session_current.remote_address IS 'Address and port of the client, for example 10.1.2.3:4567.';
COMMENT ON COLUMN report.session_current.node_id IS 'Gateway node that holds the session.';
COMMENT ON COLUMN report.session_current.attributes IS 'Attributes from the token as a JSON object of strings.';
COMMENT ON COLUMN report.session_current.started_at IS 'When the session began, by the node''s clock.';
COMMENT ON COLUMN report.session_current.detached_at IS 'Since when the connection is lost; NULL while connected.';

-- By day through LATERAL, so that a condition on day reads only that day's partition.
CREATE VIEW report.disconnects_daily AS
SELECT d.day, h.close_code, h.close_name, h.sessions
FROM (
  SELECT generate_series(
    ((SELECT min(ended_at) FROM trunkline.session_history) AT TIME ZONE 'UTC')::date::timestamp,
    ((SELECT max(ended_at) FROM trunkline.session_history) AT TIME ZONE 'UTC')::date::timestamp,
    interval '1 day')::date AS day
) d
CROSS JOIN LATERAL (
  SELECT close_code, close_name, count(*) AS sessions
  FROM trunkline.session_history
  WHERE ended_at >= d.day::timestamp AT TIME ZONE 'UTC' AND ended_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
  GROUP BY close_code, close_name
) h;

COMMENT ON VIEW report.disconnects_daily IS 'Ended sessions by day and close code; days without any have no row.';
COMMENT ON COLUMN report.disconnects_daily.day IS 'Day of the end, in UTC.';
COMMENT ON COLUMN report.disconnects_daily.close_code IS 'Number of the protocol''s close code.';
COMMENT ON COLUMN report.disconnects_daily.close_name IS 'Name of the close code, for example KICKED.';
COMMENT ON COLUMN report.disconnects_daily.sessions IS 'How many sessions ended on that day with that code.';

CREATE VIEW report.node_load AS
SELECT n.id AS node_id, n.lease_until > now() AS live, n.sessions,
  (SELECT count(*) FROM trunkline.live_session l WHERE l.node_id = n.id) AS recorded_sessions,
  n.started_at, n.lease_until
FROM trunkline.node n;

COMMENT ON VIEW report.node_load IS 'Gateway nodes and what they hold now, one row each.';
COMMENT ON COLUMN report.node_load.node_id IS 'The node''s id.';
COMMENT ON COLUMN report.node_load.live IS 'Whether its lease still runs, by the database''s clock.';
COMMENT ON COLUMN report.node_load.sessions IS 'Sessions as the node told them with its last renewal of the lease.';
COMMENT ON COLUMN report.node_load.recorded_sessions IS 'Living sessions recorded for the node, as in session_current.';
COMMENT ON COLUMN report.node_load.started_at IS 'When the node last started.';
COMMENT ON COLUMN report.node_load.lease_until IS 'Until when the node counts as living without another word from it.';

CREATE VIEW report.operator_actions AS
SELECT id AS action_id, at, operator, via, action, target, detail, outcome FROM trunkline.operator_action;

COMMENT ON VIEW report.operator_actions IS 'What operators did, one row for each action.';
COMMENT ON COLUMN report.operator_actions.action_id IS 'Number of the record; rises.';
COMMENT ON COLUMN report.operator_actions.at IS 'When it was done.';
COMMENT ON COLUMN report.operator_actions.operator IS 'Who did it.';
COMMENT ON COLUMN report.operator_actions.via IS 'Through what: the console or the API.';
COMMENT ON COLUMN report.operator_actions.action IS 'What was done, for example kick or push.';
COMMENT ON COLUMN report.operator_actions.target IS 'What it was done to, for example a session''s id; NULL where there is no one target.';
COMMENT ON COLUMN report.operator_actions.detail IS 'Its details, for example the reason given.';
COMMENT ON COLUMN report.operator_actions.outcome IS 'What came of it.';
