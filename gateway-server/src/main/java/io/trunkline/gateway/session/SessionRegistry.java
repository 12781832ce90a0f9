package io.trunkline.gateway.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that this node holds, by id and by user. Thread-safe. A user has at most one session
 * per device: the newer replaces the older. An entry is removed only if it is still the session's
 * own.
 */
public final class SessionRegistry {
  private final ConcurrentHashMap<UUID, Session> byId = new ConcurrentHashMap<>();
  // Most users have one session: an immutable list of one is the smallest thing that holds it.
  private final ConcurrentHashMap<String, List<Session>> byUser = new ConcurrentHashMap<>();

  /**
   * Enters a session.
   *
   * @return the one of the same user and device that must go: another session, an earlier attach of
   *     this one, or this one itself if a later attach of it is here already
   */
  Optional<Session> add(Session session) {
    var gone =
        new Object() {
          @Nullable Session session;
        };
    byUser.compute(
        session.info().user(),
        (user, present) -> {
          if (present == null) {
            byId.put(session.info().id(), session);
            return List.of(session);
          }
          List<Session> next = new ArrayList<>(present.size() + 1);
          for (Session other : present) {
            if (!other.info().device().equals(session.info().device())) {
              next.add(other);
            } else if (other.info().id().equals(session.info().id())
                && other.epoch() > session.epoch()) {
              gone.session = session;
              return present;
            } else {
              gone.session = other;
            }
          }
          next.add(session);
          byId.put(session.info().id(), session);
          return List.copyOf(next);
        });
    return Optional.ofNullable(gone.session);
  }

  void remove(Session session) {
    byId.remove(session.info().id(), session);
    byUser.computeIfPresent(
        session.info().user(),
        (user, present) -> {
          List<Session> left = present.stream().filter(other -> other != session).toList();
          return left.isEmpty() ? null : left;
        });
  }

  public Optional<Session> find(UUID id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** All sessions of a user here; empty if there are none. */
  public List<Session> ofUser(String user) {
    return byUser.getOrDefault(user, List.of());
  }

  public int size() {
    return byId.size();
  }

  public int users() {
    return byUser.size();
  }

  /** A view that is weakly consistent while sessions come and go. */
  public Collection<Session> all() {
    return byId.values();
  }
}
