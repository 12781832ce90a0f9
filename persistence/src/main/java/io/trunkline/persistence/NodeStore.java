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
   * Enters the node, and detaches what an earlier life of the same node left open: those sessions
   * lost their connection when its lease ended (now, if that is still to come).
   *
   * @param grace how long they may be resumed from now on; zero: they are over
   * @return how many sessions were left open
   */
  int register(
      String node, String clientAddress, String apiAddress, Duration lease, Duration grace);

  /**
   * Extends the lease and tells the load. If the lease had ended, others may have taken the node's
   * sessions for lost: those that nobody resumed meanwhile are ACTIVE again.
   *
   * @return whether the lease had ended
   */
  boolean renew(String node, Duration lease, int sessions);

  /** Ends the lease now; the node has let go of its sessions. */
  void leave(String node);

  List<NodeRow> list();
}
