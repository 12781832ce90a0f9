package io.trunkline.gateway.streams;

import io.trunkline.persistence.Expected;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.protocol.v1.Ack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session was sent of its user's stream and has not acknowledged, by offset. Payloads are
 * not kept: what is sent again is read again. Confined to the session's event loop.
 */
final class Unacknowledged {
  private final LinkedHashMap<Long, Entry> entries = new LinkedHashMap<>();

  /** A message that was sent. */
  static final class Entry {
    final String messageId;
    final Expected expected;
    private int attempts;
    private long deadlineNs;

    Entry(StoredMessage stored, long deadlineNs) {
      this.messageId = stored.message().id();
      this.expected = stored.message().expected();
      this.attempts = stored.attempts();
      this.deadlineNs = deadlineNs;
    }
  }

  /**
   * A message whose time is up.
   *
   * @param attempts how often it was sent in vain, this time included
   */
  record Late(long offset, int attempts) {}

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int size() {
    return entries.size();
  }

  boolean contains(long offset) {
    return entries.containsKey(offset);
  }

  void add(StoredMessage stored, long deadlineNs) {
    entries.put(stored.offset(), new Entry(stored, deadlineNs));
  }

  @Nullable Entry remove(long offset) {
    return entries.remove(offset);
  }

  /** The offset of the message that is meant; null if it is none of these. */
  @Nullable Long find(Ack ack, long epoch) {
    if (ack.getOffset() > 0) {
      Entry entry = entries.get(ack.getOffset());
      boolean same =
          entry != null
              && ack.getStream().equals(StreamNames.USER)
              && ack.getEpoch() == epoch
              && entry.messageId.equals(ack.getMessageId());
      return same ? ack.getOffset() : null;
    }
    if (ack.getStream().isEmpty()) {
      // From a client that does not repeat the message's place.
      for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
        if (entry.getValue().messageId.equals(ack.getMessageId())) {
          return entry.getKey();
        }
      }
    }
    return null;
  }

  /** Those whose time is up; each is named once in the given time. Nanoseconds. */
  List<Late> late(long nowNs, long onceInNs) {
    List<Late> late = new ArrayList<>();
    entries.forEach(
        (offset, entry) -> {
          if (entry.deadlineNs - nowNs <= 0) {
            entry.deadlineNs = nowNs + onceInNs;
            entry.attempts++;
            late.add(new Late(offset, entry.attempts));
          }
        });
    return late;
  }
}
