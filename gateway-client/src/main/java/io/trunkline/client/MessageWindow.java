package io.trunkline.client;

import io.trunkline.protocol.v1.Reply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages the application has, and which of the last it has taken over, by id. Event loop
 * only.
 */
final class MessageWindow {
  /** What the application never answers is forgotten beyond so many. */
  static final int MAX_HELD = StreamProgress.MAX_OPEN;

  private final int capacity;

  /** With all places where a message was seen: an id may be published to several streams. */
  private final Map<String, Set<Place>> held = new LinkedHashMap<>();

  private final Map<String, Optional<Reply>> takenOver = new LinkedHashMap<>();

  /**
   * @param capacity how many taken over are remembered
   */
  MessageWindow(int capacity) {
    this.capacity = capacity;
  }

  void replaceBy(List<String> ids) {
    held.clear();
    takenOver.clear();
    ids.forEach(id -> remember(id, Optional.empty()));
  }

  boolean holds(String id) {
    return held.containsKey(id);
  }

  /** The application gets it, or has it and it was sent again. */
  void hold(String id, @Nullable Place place) {
    Set<Place> places = held.computeIfAbsent(id, key -> new LinkedHashSet<>());
    if (place != null) {
      places.add(place);
    }
    dropEldest(held, MAX_HELD);
  }

  /** The application could not take it over: when it is sent again, it is new. */
  void forget(String id) {
    held.remove(id);
  }

  /**
   * The application has taken it over.
   *
   * @return where else it was seen in the meantime
   */
  Set<Place> take(String id, @Nullable Reply reply) {
    remember(id, Optional.ofNullable(reply));
    Set<Place> places = held.remove(id);
    return places == null ? Set.of() : places;
  }

  private void remember(String id, Optional<Reply> reply) {
    takenOver.put(id, reply);
    dropEldest(takenOver, capacity);
  }

  private static void dropEldest(Map<String, ?> entries, int capacity) {
    if (entries.size() > capacity) {
      Iterator<String> eldest = entries.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  boolean isTakenOver(String id) {
    return takenOver.containsKey(id);
  }

  /** What was replied to a message that is taken over. */
  @Nullable Reply reply(String id) {
    return takenOver.getOrDefault(id, Optional.empty()).orElse(null);
  }

  List<Place> heldPlaces() {
    return held.values().stream().flatMap(Set::stream).toList();
  }

  /**
   * Ids to be remembered beyond this process, the oldest first. Without those that were replied to:
   * the reply is not kept, so that the application must be asked again if it was lost.
   */
  List<String> idsToKeep() {
    List<String> ids = new ArrayList<>(takenOver.size());
    takenOver.forEach(
        (id, reply) -> {
          if (reply.isEmpty()) {
            ids.add(id);
          }
        });
    return ids;
  }
}
