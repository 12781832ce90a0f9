package io.trunkline.persistence;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What waits to be written about one session: its start, the loss of its connection, its end. */
record JournalRecord(
    UUID id,
    @Nullable SessionStart start,
    @Nullable SessionDetach detach,
    @Nullable SessionEnd end) {

  static JournalRecord of(SessionStart start) {
    return new JournalRecord(start.id(), start, null, null);
  }

  static JournalRecord of(SessionDetach detach) {
    return new JournalRecord(detach.id(), null, detach, null);
  }

  static JournalRecord of(SessionEnd end) {
    return new JournalRecord(end.id(), null, null, end);
  }

  /** This record and a later one of the same session, as one; the higher epoch wins. */
  JournalRecord merge(JournalRecord later) {
    JournalRecord merged = this;
    if (later.start != null) {
      merged = merged.withStart(later.start);
    }
    if (later.detach != null) {
      merged = merged.withDetach(later.detach);
    }
    return later.end == null ? merged : merged.withEnd(later.end);
  }

  private JournalRecord withStart(SessionStart later) {
    if (start != null && later.epoch() <= start.epoch()) {
      return this;
    }
    boolean detachIsStale = detach != null && detach.epoch() < later.epoch();
    boolean endIsStale = end != null && end.epoch() < later.epoch();
    return new JournalRecord(id, later, detachIsStale ? null : detach, endIsStale ? null : end);
  }

  private JournalRecord withDetach(SessionDetach later) {
    boolean fenced = start != null && later.epoch() < start.epoch();
    boolean known = detach != null && later.epoch() <= detach.epoch();
    boolean over = end != null && later.epoch() <= end.epoch();
    return fenced || known || over ? this : new JournalRecord(id, start, later, end);
  }

  private JournalRecord withEnd(SessionEnd later) {
    boolean fenced =
        (start != null && later.epoch() < start.epoch())
            || (detach != null && later.epoch() < detach.epoch());
    boolean known = end != null && later.epoch() <= end.epoch();
    return fenced || known ? this : new JournalRecord(id, start, null, later);
  }
}
