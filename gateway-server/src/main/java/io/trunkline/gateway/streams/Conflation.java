package io.trunkline.gateway.streams;

import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StoredMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Of messages that waited, which take the place of others: the newest of each key. */
final class Conflation {
  private final Map<Place, Long> newest = new HashMap<>();

  /** One message takes another's place if it is of the same key and for the same recipients. */
  private record Place(String key, Recipients recipients) {
    static Optional<Place> of(StoredMessage stored) {
      return stored.message().key().map(key -> new Place(key, stored.message().recipients()));
    }
  }

  /**
   * @param page in the order of offsets
   */
  Conflation(List<StoredMessage> page) {
    for (StoredMessage stored : page) {
      Place.of(stored).ifPresent(place -> newest.put(place, stored.offset()));
    }
  }

  /** The offset of the message that has taken this one's place, if any has. */
  OptionalLong supersededBy(StoredMessage stored) {
    Optional<Place> place = Place.of(stored);
    if (place.isEmpty() || stored.state() != MessageState.PENDING) {
      return OptionalLong.empty();
    }
    long last = newest.getOrDefault(place.get(), stored.offset());
    return last == stored.offset() ? OptionalLong.empty() : OptionalLong.of(last);
  }
}
