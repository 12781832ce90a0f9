-- What nodes tell of their load, and how they leave.

ALTER TABLE trunkline.node
  -- With the last renewal of the lease.
  ADD COLUMN cpu               double precision NOT NULL DEFAULT 0,
  ADD COLUMN outbound_bytes    bigint      NOT NULL DEFAULT 0,
  -- It signed off; NULL: it lives, or its lease ended without a word.
  ADD COLUMN left_at           timestamptz,
  -- It is to be emptied; the other drain columns say how. A node that starts again is not.
  ADD COLUMN draining_since    timestamptz,
  ADD COLUMN drain_by          text,
  ADD COLUMN drain_reason      text,
  ADD COLUMN drain_per_second  integer,
  ADD COLUMN drain_within_ms   bigint,
  ADD COLUMN drain_jitter_ms   bigint,
  -- The node that its clients are sent to; NULL: any other.
  ADD COLUMN drain_target      text;

CREATE OR REPLACE VIEW report.node_load AS
SELECT n.id AS node_id, n.lease_until > now() AS live, n.sessions,
  (SELECT count(*) FROM trunkline.live_session l WHERE l.node_id = n.id) AS recorded_sessions,
  n.started_at, n.lease_until,
  CASE
    WHEN n.left_at IS NOT NULL THEN 'LEFT'
    WHEN n.lease_until <= now() THEN 'DEAD'
    WHEN n.draining_since IS NOT NULL THEN 'DRAINING'
    ELSE 'UP' END AS state,
  n.cpu, n.outbound_bytes, n.draining_since
FROM trunkline.node n;

COMMENT ON COLUMN report.node_load.state IS
  'UP; DRAINING: it takes no new sessions and sends its clients elsewhere; LEFT: it was stopped; DEAD: its lease ended without a word.';
COMMENT ON COLUMN report.node_load.cpu IS 'Share of the machine''s processors that the node used, 0 to 1, over the time before its last renewal.';
COMMENT ON COLUMN report.node_load.outbound_bytes IS 'Bytes that waited in the node for slow clients at its last renewal.';
COMMENT ON COLUMN report.node_load.draining_since IS 'Since when it is being drained; NULL if it is not.';
