package io.trunkline.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Gateway nodes and their leases. Thread-safe; blocks. */
public interface NodeStore {

  /**
   * A node as the database has it.
   *
   * @param live its lease has not ended by the database's clock: UP or DRAINING
   * @param cpu as {@link NodeLoad}, with {@code sessions} and {@code outboundBytes}
   * @param drain set while it is DRAINING
   */
  record NodeRow(
      String id,
      String clientAddress,
      String apiAddress,
      NodeState state,
      boolean live,
      int sessions,
      double cpu,
      long outboundBytes,
      Instant startedAt,
      Instant leaseUntil,
      Optional<Instant> drainingSince,
      Optional<DrainOrder> drain) {}

  /**
   * What a node learns when it renews.
   *
   * @param leaseHadEnded others may have taken its sessions for lost
   * @param drain it is to be emptied; empty: it is not, or not any more
   */
  record Renewal(boolean leaseHadEnded, Optional<DrainOrder> drain) {}

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
   */
  Renewal renew(String node, Duration lease, NodeLoad load);

  /**
   * Orders a living node to be emptied; the node learns of it when it next renews. An order takes
   * the place of an earlier one.
   *
   * @return false: no living node has this id
   */
  boolean drain(String node, DrainOrder order);

  /**
   * Takes the order back.
   *
   * @return false: no living node has this id
   */
  boolean undrain(String node);

  /** Ends the lease now; the node has let go of its sessions. */
  void leave(String node);

  List<NodeRow> list();
}
