package io.trunkline.persistence;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives a list to a statement as one array for each column, for {@code unnest}: one statement text
 * for any number of rows, and no limit of parameters.
 */
final class Columns<T> {
  /** Outside of these PostgreSQL's and Java's texts of a time differ; nobody lives there. */
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final PreparedStatement statement;
  private final List<T> rows;
  private int next;

  Columns(PreparedStatement statement, List<T> rows) {
    this(statement, rows, 1);
  }

  /**
   * @param first the index of the first array's parameter
   */
  Columns(PreparedStatement statement, List<T> rows, int first) {
    this.statement = statement;
    this.rows = rows;
    this.next = first;
  }

  /** Any text; what PostgreSQL cannot hold is replaced. */
  Columns<T> text(Function<T, @Nullable String> of) throws SQLException {
    @Nullable String[] values = new @Nullable String[rows.size()];
    for (int i = 0; i < values.length; i++) {
      String value = of.apply(rows.get(i));
      values[i] = value == null ? null : DatabaseText.clean(value);
    }
    return array("text", values);
  }

  Columns<T> bigint(ToLongFunction<T> of) throws SQLException {
    @Nullable Long[] values = new @Nullable Long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.applyAsLong(rows.get(i));
    }
    return array("int8", values);
  }

  Columns<T> integer(ToIntFunction<T> of) throws SQLException {
    @Nullable Integer[] values = new @Nullable Integer[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.applyAsInt(rows.get(i));
    }
    return array("int4", values);
  }

  Columns<T> flag(Predicate<T> of) throws SQLException {
    @Nullable Boolean[] values = new @Nullable Boolean[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.test(rows.get(i));
    }
    return array("bool", values);
  }

  Columns<T> uuid(Function<T, @Nullable UUID> of) throws SQLException {
    @Nullable UUID[] values = new @Nullable UUID[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.apply(rows.get(i));
    }
    return array("uuid", values);
  }

  Columns<T> time(Function<T, @Nullable Instant> of) throws SQLException {
    @Nullable String[] values = new @Nullable String[rows.size()];
    for (int i = 0; i < values.length; i++) {
      Instant value = of.apply(rows.get(i));
      values[i] = value == null ? null : storable(value).toString();
    }
    return array("timestamptz", values);
  }

  Columns<T> bytes(Function<T, byte[]> of) throws SQLException {
    byte[][] values = new byte[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.apply(rows.get(i));
    }
    return array("bytea", values);
  }

  /** The index of the first parameter after the arrays. */
  int next() {
    return next;
  }

  private Columns<T> array(String type, @Nullable Object[] values) throws SQLException {
    statement.setArray(next++, statement.getConnection().createArrayOf(type, values));
    return this;
  }

  static OffsetDateTime parameter(Instant time) {
    return storable(time).atOffset(ZoneOffset.UTC);
  }

  private static Instant storable(Instant time) {
    return time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
  }
}
