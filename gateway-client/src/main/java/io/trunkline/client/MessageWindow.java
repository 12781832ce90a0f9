package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ids of the last messages, and what was answered. Event loop only. */
final class MessageWindow {
  private final int capacity;
  private final Map<String, Optional<Ack>> answers = new LinkedHashMap<>();

  MessageWindow(int capacity) {
    this.capacity = capacity;
  }

  /** Remembers an id, and forgets the oldest over capacity. False: it was there already. */
  boolean add(String id) {
    if (answers.putIfAbsent(id, Optional.empty()) != null) {
      return false;
    }
    if (answers.size() > capacity) {
      Iterator<String> oldest = answers.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }

  void answered(Ack ack) {
    answers.replace(ack.getMessageId(), Optional.of(ack));
  }

  /** What was answered; null: nothing yet. */
  @Nullable Ack answer(String id) {
    return answers.getOrDefault(id, Optional.empty()).orElse(null);
  }

  void forget(String id) {
    answers.remove(id);
  }
}
