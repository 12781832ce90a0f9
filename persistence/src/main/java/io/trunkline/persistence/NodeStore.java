package io.trunkline.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Gateway nodes and their leases. Thread-safe; blocks. */
public interface NodeStore {

  /**
   * A node as the database has it; it is live while its lease has not ended by the database's
   * clock.
   */
  record NodeRow(
      String id,
      String clientAddress,
      String apiAddress,
      int sessions,
      Instant startedAt,
      Instant leaseUntil,
      boolean live) {}

  /**
   * Enters the node, and closes in history what an earlier life of the same node left open: those
   * sessions ended when its lease did (now, if that is still to come), with {@code closeCode}.
   *
   * @return how many sessions were left open
   */
  int register(
      String node,
      String clientAddress,
      String apiAddress,
      Duration lease,
      int closeCode,
      String closeName);

  /** Extends the lease and tells the load. */
  void renew(String node, Duration lease, int sessions);

  /** Ends the lease now; the node has closed its sessions. */
  void leave(String node);

  List<NodeRow> list();
}
