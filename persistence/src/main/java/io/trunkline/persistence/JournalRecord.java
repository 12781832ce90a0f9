package io.trunkline.persistence;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What waits to be written about one session: its start, its end, or both. */
record JournalRecord(UUID id, @Nullable SessionStart start, @Nullable SessionEnd end) {

  static JournalRecord of(SessionStart start) {
    return new JournalRecord(start.id(), start, null);
  }

  static JournalRecord of(SessionEnd end) {
    return new JournalRecord(end.id(), null, end);
  }

  /** This record and a later one of the same session, as one; the higher epoch wins. */
  JournalRecord merge(JournalRecord later) {
    JournalRecord merged = this;
    if (later.start != null) {
      merged = merged.withStart(later.start);
    }
    return later.end == null ? merged : merged.withEnd(later.end);
  }

  private JournalRecord withStart(SessionStart later) {
    if (start != null && later.epoch() <= start.epoch()) {
      return this;
    }
    boolean endIsStale = end != null && end.epoch() < later.epoch();
    return new JournalRecord(id, later, endIsStale ? null : end);
  }

  private JournalRecord withEnd(SessionEnd later) {
    boolean fenced = start != null && later.epoch() < start.epoch();
    boolean known = end != null && later.epoch() <= end.epoch();
    return fenced || known ? this : new JournalRecord(id, start, later);
  }
}
