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
   * @param superseded nothing was renewed: another process has entered under this id since, or the
   *     node was forgotten
   */
  record Renewal(boolean leaseHadEnded, Optional<DrainOrder> drain, boolean superseded) {
    public Renewal(boolean leaseHadEnded, Optional<DrainOrder> drain) {
      this(leaseHadEnded, drain, false);
    }
  }

  /**
   * A process that wants to be a node.
   *
   * @param process by which a later start tells whether this one is still there; may be empty
   */
  record Entry(String node, String clientAddress, String apiAddress, String process) {}

  /**
   * The process that last was this node.
   *
   * @param incarnation which of the processes with this id; rises with each
   * @param process as in its {@link Entry}
   * @param leaseUntil moves with each of its renewals
   * @param leaseLeft by the database's clock; zero: it left, or its lease ended
   */
  record Holder(
      long incarnation,
      String clientAddress,
      String process,
      Instant startedAt,
      Instant leaseUntil,
      Duration leaseLeft) {}

  /** Who is, or last was, the node of this id; empty: nobody so far. */
  Optional<Holder> holder(String node);

  /**
   * Enters the node in the place of its last holder, and detaches what that one left open: those
   * sessions lost their connection when its lease ended (now, if that is still to come). From then
   * on the last holder writes nothing in the node's name: no renewal, no session. One {@link
   * Database} stands for one process.
   *
   * @param grace how long they may be resumed from now on; zero: they are over
   * @param over incarnation of the last holder; 0: there was none
   * @return how many sessions were left open; empty: another process was quicker
   */
  Optional<Integer> enter(Entry entry, Duration lease, Duration grace, long over);

  /** As {@link #enter}, whoever holds the id. */
  default int register(
      String node, String clientAddress, String apiAddress, Duration lease, Duration grace) {
    Optional<Integer> leftOpen = Optional.empty();
    while (leftOpen.isEmpty()) {
      long over = holder(node).map(Holder::incarnation).orElse(0L);
      leftOpen = enter(new Entry(node, clientAddress, apiAddress, ""), lease, grace, over);
    }
    return leftOpen.get();
  }

  /**
   * Extends the lease and tells the load. If the lease had ended, others may have taken the node's
   * sessions for lost: those that nobody resumed meanwhile are ACTIVE again. Waits no longer than a
   * third of the lease for the database's answer.
   */
  Renewal renew(String node, Duration lease, NodeLoad load);

  /** Enters the load into the history of this minute. */
  void noteLoad(String node, NodeLoad load);

  /** Nodes that have been gone, {@code LEFT} or {@code DEAD}, for at least so long. */
  List<String> goneFor(Duration atLeast);

  /**
   * Removes a node that has been gone for at least so long; a session that it left open is
   * detached.
   *
   * @param grace how long such a session may be resumed
   * @return false: it lives, was not gone for so long, or is not known
   */
  boolean forget(String node, Duration goneFor, Duration grace);

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
