package io.trunkline.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Sessions without a connection: given to the client that comes back for them, or closed when their
 * time is over. All by the database's clock, and safe when several nodes do it at once.
 * Thread-safe; blocks.
 */
public interface SessionResumption {
  int MAX_BATCH = 500;

  /**
   * A client that wants its session back.
   *
   * @param presented SHA-256 of the secret that it shows, in hexadecimal
   * @param next SHA-256 of the secret that it gets if it may have the session
   * @param at by the node's clock
   */
  record Request(
      UUID id,
      String user,
      String device,
      String presented,
      String next,
      String node,
      String transport,
      String remoteAddress,
      String clientName,
      String clientVersion,
      String platform,
      Map<String, String> attributes,
      Instant at) {
    public Request {
      attributes = Map.copyOf(attributes);
    }
  }

  /** The answer to a {@link Request}. */
  sealed interface Outcome {

    /**
     * The session goes on here.
     *
     * @param epoch of this attach
     * @param heldBy the node that thought it still connected; empty if it was detached
     */
    record Resumed(int epoch, Instant startedAt, Optional<String> heldBy) implements Outcome {}

    /** The session stays as it is, if there is one. */
    record NotResumed(Why why) implements Outcome {}

    /** The token had been used before: the session is over, and the audit has a record. */
    record Revoked(ClosedSession session) implements Outcome {}

    /** Why a session is not given. */
    enum Why {
      /** No such session, or no more. */
      UNKNOWN,
      /** The session is another user's or device's. */
      FOREIGN,
      /** The grace time is over. */
      OVER,
      /** Never was a token of this session. */
      WRONG_TOKEN
    }
  }

  /**
   * One compare-and-set for all of them: the row's token hash, or the one before it while that
   * still works, must be the presented one. Then the session is ACTIVE at the request's node, with
   * a higher epoch and the next token hash. Any other of the last eight hashes revokes the session.
   *
   * @param requests at most {@link #MAX_BATCH}, no two for the same session
   * @param overlap how long the replaced token still works
   * @param reused how a session ends whose token is used twice
   * @return as many outcomes, in the same order
   */
  List<Outcome> resume(List<Request> requests, Duration overlap, SessionClose reused);

  /**
   * Gives back what {@link #resume} did for these, if it did: its answer was lost and no client has
   * the next token.
   *
   * @return how many were given back
   */
  int undo(List<Request> requests, Duration grace, SessionClose lost);

  /** Closes in history those whose grace time is over; at most {@link #MAX_BATCH}. */
  List<ClosedSession> closeOverdue();

  /**
   * Detaches the sessions of nodes whose lease has ended; at most {@link #MAX_BATCH}. A node that
   * was only cut off takes back its own with {@link NodeStore#renew}.
   *
   * @param grace how long they may be resumed from now on
   */
  List<ClosedSession> detachOfDeadNodes(Duration grace);

  /**
   * Of these sessions, those that are not this node's any more: over, or attached elsewhere. One
   * whose start is not written yet counts as over.
   *
   * @param epochs the epoch of each as the node knows it; at most {@link #MAX_BATCH}
   */
  List<UUID> notHeldBy(String node, Map<UUID, Integer> epochs);

  /** Ends a session that is DETACHED; empty if there is no such one. */
  Optional<ClosedSession> closeDetached(UUID id, SessionClose close);
}
