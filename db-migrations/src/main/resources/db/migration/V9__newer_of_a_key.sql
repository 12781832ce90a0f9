-- Who reads what waits asks for newer messages of the same key, also for those that were taken.

CREATE INDEX message_newer_of_key ON trunkline.message (stream_id, conflation_key, "offset")
  WHERE NOT many AND conflation_key IS NOT NULL;
DROP INDEX trunkline.message_key;
