package io.trunkline.gateway.api;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.persistence.SessionFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of this node with their live counters. A session's counters belong to its event
 * loop, so each loop looks through its own connections and hands out its first few.
 */
final class LocalSessions {
  private static final Logger log = LoggerFactory.getLogger(LocalSessions.class);
  private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
  private static final String DEFAULT_SORT = "-pending_bytes";

  private static final Map<String, ToLongFunction<Session>> COUNTERS =
      Map.of(
          "bytes_in", session -> session.connection().bytesIn(),
          "bytes_out", session -> session.connection().bytesOut(),
          "messages_in", Session::messagesIn,
          "messages_out", session -> session.connection().messagesOut(),
          "pending_bytes", session -> session.connection().pendingBytes(),
          "dropped", session -> session.connection().dropped());

  private final String node;
  private final List<Lane> lanes;

  LocalSessions(String node, List<Lane> lanes) {
    this.node = node;
    this.lanes = lanes;
  }

  /** A session in an answer; the names of the components are the API's. */
  record View(
      UUID id,
      String user,
      String device,
      String state,
      String clientName,
      String clientVersion,
      String platform,
      String transport,
      String remoteAddress,
      Map<String, String> attributes,
      Instant startedAt,
      Counters counters) {}

  /** Of one session since it began, but for what waits now. */
  record Counters(
      long bytesIn,
      long bytesOut,
      long messagesIn,
      long messagesOut,
      long pendingBytes,
      long dropped) {}

  /**
   * @param complete false if an event loop was too busy to answer: its sessions are missing
   */
  record Top(String node, boolean complete, List<View> sessions) {}

  private record Ranked(long rank, View view) {
    private static final Comparator<Ranked> ORDER =
        Comparator.comparingLong(Ranked::rank).thenComparing(ranked -> ranked.view().id());
  }

  private record Wanted(
      SessionFilter filter, ToLongFunction<Session> counter, boolean descending, int limit) {
    /** Sorts to the front when it comes first in the answer. */
    long rank(Session session) {
      long value = counter.applyAsLong(session);
      return descending ? -value : value;
    }

    boolean matches(Session session) {
      SessionInfo info = session.info();
      return filter.userPrefix().map(info.user()::startsWith).orElse(true)
          && filter.state().map(session.state().name()::equals).orElse(true)
          && info.attributes().entrySet().containsAll(filter.attributes().entrySet());
    }
  }

  /** The first {@code limit} by a counter. Blocks, for at most two seconds. */
  Top top(SessionFilter filter, Optional<String> sort, int limit) {
    Wanted wanted = wanted(filter, sort.orElse(DEFAULT_SORT), limit);
    List<Future<List<Ranked>>> asked = new ArrayList<>();
    boolean complete = true;
    for (Lane lane : lanes) {
      try {
        asked.add(lane.loop().submit(() -> topOf(lane, wanted)));
      } catch (RejectedExecutionException e) {
        complete = false; // the node stops
      }
    }
    List<Ranked> found = new ArrayList<>();
    long deadlineNs = System.nanoTime() + TIMEOUT_NS;
    for (Future<List<Ranked>> future : asked) {
      try {
        found.addAll(future.get(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        future.cancel(false);
        complete = false;
      } catch (ExecutionException e) {
        log.warn("the sessions of an event loop cannot be listed", e.getCause());
        complete = false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        complete = false;
      }
    }
    return new Top(
        node,
        complete,
        found.stream().sorted(Ranked.ORDER).limit(limit).map(Ranked::view).toList());
  }

  private static Wanted wanted(SessionFilter filter, String sort, int limit) {
    boolean descending = sort.startsWith("-");
    ToLongFunction<Session> counter = COUNTERS.get(descending ? sort.substring(1) : sort);
    if (counter == null) {
      throw ApiException.parameter(
          "sort",
          "must, with local=true, be one of "
              + String.join(", ", COUNTERS.keySet().stream().sorted().toList())
              + ", with '-' before it for descending");
    }
    return new Wanted(filter, counter, descending, limit);
  }

  /** On the lane's event loop. */
  private static List<Ranked> topOf(Lane lane, Wanted wanted) {
    record Candidate(long rank, Session session) {}
    // The one that would leave next is at the head.
    var best = new PriorityQueue<Candidate>(Comparator.comparingLong(Candidate::rank).reversed());
    for (Connection connection : lane.open()) {
      if (connection.owner() instanceof Session session && wanted.matches(session)) {
        long rank = wanted.rank(session);
        if (best.size() < wanted.limit()) {
          best.add(new Candidate(rank, session));
        } else if (best.element().rank() > rank) {
          best.remove();
          best.add(new Candidate(rank, session));
        }
      }
    }
    return best.stream().map(of -> new Ranked(of.rank(), view(of.session()))).toList();
  }

  private static View view(Session session) {
    SessionInfo info = session.info();
    Connection connection = session.connection();
    return new View(
        info.id(),
        info.user(),
        info.device(),
        session.state().name(),
        info.clientName(),
        info.clientVersion(),
        info.platform(),
        info.transport(),
        info.remoteAddress(),
        info.attributes(),
        info.startedAt(),
        new Counters(
            connection.bytesIn(),
            connection.bytesOut(),
            session.messagesIn(),
            connection.messagesOut(),
            connection.pendingBytes(),
            connection.dropped()));
  }
}
