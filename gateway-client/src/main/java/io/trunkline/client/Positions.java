package io.trunkline.client;

import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How far the application has come, per stream. Event loop only. */
final class Positions {
  static final String TOPIC_PREFIX = "topic:";

  private final Map<String, StreamProgress> byStream = new LinkedHashMap<>();

  static String ofTopic(String topic) {
    return TOPIC_PREFIX + topic;
  }

  void replaceBy(List<Position> saved) {
    byStream.clear();
    saved.forEach(
        position ->
            byStream.put(
                position.stream(), new StreamProgress(position.epoch(), position.offset())));
  }

  /** The gateway said where a stream goes on. What cannot be a place is ignored. */
  void start(StreamStart start) {
    if (start.getStream().isEmpty() || start.getStartOffset() < 0) {
      return;
    }
    StreamProgress progress = byStream.get(start.getStream());
    long after = start.getStartOffset();
    if (progress == null
        || progress.epoch() != start.getEpoch()
        || (!start.getRecovered() && after < progress.position())) {
      byStream.put(start.getStream(), new StreamProgress(start.getEpoch(), after));
    } else {
      progress.startsAfter(after);
    }
  }

  void received(Place place) {
    if (place.offset() < 1) {
      return;
    }
    StreamProgress progress = byStream.get(place.stream());
    if (progress == null || progress.epoch() != place.epoch()) {
      progress = new StreamProgress(place.epoch(), place.offset() - 1);
      byStream.put(place.stream(), progress);
    }
    progress.received(place.offset());
  }

  void takenOver(Place place) {
    StreamProgress progress = byStream.get(place.stream());
    if (progress != null && progress.epoch() == place.epoch()) {
      progress.takenOver(place.offset());
    }
  }

  /** See {@link StreamProgress#restart}. */
  void restart(Collection<Place> held) {
    Map<String, List<Place>> heldOf = held.stream().collect(Collectors.groupingBy(Place::stream));
    byStream.forEach(
        (stream, progress) ->
            progress.restart(
                heldOf.getOrDefault(stream, List.of()).stream()
                    .filter(place -> place.epoch() == progress.epoch())
                    .map(Place::offset)
                    .collect(Collectors.toSet())));
  }

  void forget(String stream) {
    byStream.remove(stream);
  }

  @Nullable StreamPosition of(String stream) {
    StreamProgress progress = byStream.get(stream);
    return progress == null
        ? null
        : new Position(stream, progress.epoch(), progress.position()).onTheWire();
  }

  List<Position> list() {
    List<Position> positions = new ArrayList<>(byStream.size());
    byStream.forEach(
        (stream, progress) ->
            positions.add(new Position(stream, progress.epoch(), progress.position())));
    return positions;
  }

  /**
   * Positions for Hello, those that are not of topics first.
   *
   * @param wanted which topics
   * @param maxBytes encoded; Subscribe names the topics that find no room
   */
  List<StreamPosition> forHello(Predicate<String> wanted, int maxBytes) {
    List<StreamPosition> chosen = new ArrayList<>();
    int bytes = 0;
    for (boolean topics : new boolean[] {false, true}) {
      for (Position position : list()) {
        String stream = position.stream();
        if (stream.startsWith(TOPIC_PREFIX) != topics
            || (topics && !wanted.test(stream.substring(TOPIC_PREFIX.length())))) {
          continue;
        }
        StreamPosition encoded = position.onTheWire();
        // Tag and length of an element come on top.
        bytes += encoded.getSerializedSize() + 4;
        if (bytes <= maxBytes) {
          chosen.add(encoded);
        }
      }
    }
    return chosen;
  }
}
