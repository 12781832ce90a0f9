-- One more step in traces.

COMMENT ON COLUMN report.delivery_trace.step IS
  'STORED, WAITING (nobody whom it is for was connected when it was stored), DUPLICATE (published again under the same id), SENT (written to a connection), UNACKNOWLEDGED (no acknowledgement came in time), RETRIED (by an operator), CLOSED (the summary was written), or an outcome: DELIVERED, REPLIED, EXPIRED, DEAD, CONFLATED, FAILED.';
