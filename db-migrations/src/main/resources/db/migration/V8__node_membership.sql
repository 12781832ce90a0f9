-- Who is a node: of two processes with one id only the later one may work. And what nodes had to do, minute by minute.

ALTER TABLE trunkline.node
  -- Rises with each start under this id; what a process writes in the node's name carries the one that it got.
  ADD COLUMN incarnation bigint NOT NULL DEFAULT 0,
  -- Machine, process id and start of the process, so that a start on the same machine sees whether it is still there.
  ADD COLUMN process     text   NOT NULL DEFAULT '';

-- Written with the renewals of the lease: one row for each node and minute.
CREATE TABLE trunkline.node_load_history (
  minute         timestamptz      NOT NULL,
  node_id        text             COLLATE "C" NOT NULL,
  samples        integer          NOT NULL,
  sessions       integer          NOT NULL,
  cpu            double precision NOT NULL,
  outbound_bytes bigint           NOT NULL,
  PRIMARY KEY (node_id, minute)
) PARTITION BY RANGE (minute);
CREATE INDEX node_load_history_minute ON trunkline.node_load_history USING brin (minute)
  WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE trunkline.node_load_history_default PARTITION OF trunkline.node_load_history DEFAULT;
SELECT trunkline.ensure_month_partitions('node_load_history', 'minute', 2);

CREATE VIEW report.node_load_by_minute AS
SELECT minute, node_id, sessions, cpu, outbound_bytes
FROM trunkline.node_load_history;

COMMENT ON VIEW report.node_load_by_minute IS
  'What each node had to do in each minute in which it lived, by its renewals of its lease. Kept as long as the history of sessions.';
COMMENT ON COLUMN report.node_load_by_minute.minute IS 'Start of the minute.';
COMMENT ON COLUMN report.node_load_by_minute.node_id IS 'The gateway node.';
COMMENT ON COLUMN report.node_load_by_minute.sessions IS 'Connected sessions, at their highest of the minute.';
COMMENT ON COLUMN report.node_load_by_minute.cpu IS 'Share of the machine''s processors that the node used, 0 to 1, on the average of the minute.';
COMMENT ON COLUMN report.node_load_by_minute.outbound_bytes IS 'Bytes that waited in the node for slow clients, at their highest of the minute.';
