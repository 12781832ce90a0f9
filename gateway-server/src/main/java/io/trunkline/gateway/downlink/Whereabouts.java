package io.trunkline.gateway.downlink;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.trunkline.jms.Target;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionPlace;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where the sessions are that messages are for: one query for a batch, and for a while an answer is
 * remembered. Blocks; thread-safe.
 *
 * <p>Remembered is only what can be out of date without harm: that one session, or one device of a
 * user, is connected to another node. If it has gone on, that node does not find it and asks again.
 * That a user has no session is never remembered, nor which sessions all devices of a user have: a
 * device that has come since would miss its messages, and nobody would notice.
 */
final class Whereabouts {
  private static final long MAX_REMEMBERED = 100_000;

  private final String node;
  private final SessionDirectory directory;
  private final DownlinkCounts counts;
  private final Cache<Target, SessionPlace> remembered;

  /**
   * Makes one.
   *
   * @param node this one
   * @param life how long an answer is remembered; zero: not at all
   */
  Whereabouts(String node, SessionDirectory directory, Duration life, DownlinkCounts counts) {
    this.node = node;
    this.directory = directory;
    this.counts = counts;
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(life.isZero() ? 0 : MAX_REMEMBERED)
            .expireAfterWrite(life)
            .build();
  }

  /**
   * The live sessions of each, connected or not, those of this node too. What is for many has none.
   */
  Map<Target, List<SessionPlace>> of(Collection<? extends Target> targets) {
    Map<Target, List<SessionPlace>> found = new HashMap<>();
    Set<Target> unknown = new HashSet<>();
    for (Target target : Set.copyOf(targets)) {
      SessionPlace known = remembered.getIfPresent(target);
      if (known == null) {
        unknown.add(target);
      } else {
        found.put(target, List.of(known));
      }
    }
    counts.placesRemembered.add(found.size());
    found.putAll(freshly(unknown));
    return found;
  }

  /** The same as the database has it now. */
  Map<Target, List<SessionPlace>> freshly(Collection<? extends Target> targets) {
    Set<String> users = new HashSet<>();
    Set<UUID> sessions = new HashSet<>();
    for (Target target : targets) {
      switch (target) {
        case Target.User to -> users.add(to.user());
        case Target.OneSession to -> sessions.add(to.session());
        case Target.Everyone _, Target.Topic _, Target.Audience _ -> {}
      }
    }
    if (users.isEmpty() && sessions.isEmpty()) {
      return Map.of();
    }
    counts.placesAsked.add(users.size() + sessions.size());
    Answer answer = new Answer(directory.places(users, sessions));
    Map<Target, List<SessionPlace>> found = new HashMap<>();
    for (Target target : targets) {
      List<SessionPlace> places = answer.of(target);
      found.put(target, places);
      remember(target, places);
    }
    return found;
  }

  private void remember(Target target, List<SessionPlace> places) {
    boolean ofOne =
        target instanceof Target.OneSession
            || (target instanceof Target.User to && to.device().isPresent());
    if (ofOne
        && places.size() == 1
        && places.getFirst().connected()
        && !places.getFirst().node().equals(node)) {
      remembered.put(target, places.getFirst());
    } else {
      remembered.invalidate(target);
    }
  }

  /** What a query has found, by what was asked. */
  private static final class Answer {
    private final Map<String, List<SessionPlace>> byUser = new HashMap<>();
    private final Map<UUID, SessionPlace> byId = new HashMap<>();

    Answer(List<SessionPlace> places) {
      for (SessionPlace place : places) {
        byUser.merge(place.user(), List.of(place), Answer::both);
        byId.put(place.id(), place);
      }
    }

    private static List<SessionPlace> both(List<SessionPlace> some, List<SessionPlace> more) {
      return Stream.concat(some.stream(), more.stream()).toList();
    }

    List<SessionPlace> of(Target target) {
      return switch (target) {
        case Target.User to ->
            byUser.getOrDefault(to.user(), List.of()).stream()
                .filter(place -> to.device().map(place.device()::equals).orElse(true))
                .toList();
        case Target.OneSession to ->
            Optional.ofNullable(byId.get(to.session())).map(List::of).orElse(List.of());
        case Target.Everyone _, Target.Topic _, Target.Audience _ -> List.of();
      };
    }
  }
}
