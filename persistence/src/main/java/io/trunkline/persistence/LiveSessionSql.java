package io.trunkline.persistence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.query.NativeQuery;

/** What the statements on live sessions have in common. */
final class LiveSessionSql {
  /** Holds for a live row whose counters have the traffic of its last attach in them. */
  static final String COMPLETE = "state = 'DETACHED' and lost_name <> 'NODE_LOST'";

  /**
   * The traffic of a live row that is closed from elsewhere: that of the last attach is known only
   * to its node while it is connected, and to nobody if it died with its node.
   */
  static final String KNOWN_TRAFFIC =
      """
      case when %1$s then bytes_in end, case when %1$s then bytes_out end,
        case when %1$s then messages_in end, case when %1$s then messages_out end
      """
          .formatted(COMPLETE);

  private static final int DEADLOCK_ATTEMPTS = 4;

  private LiveSessionSql() {}

  static <T> NativeQuery<T> bind(NativeQuery<T> query, SessionClose close) {
    return query
        .setParameter("closeCode", close.code())
        .setParameter("closeName", DatabaseText.clean(close.name()))
        .setParameter("reason", DatabaseText.clean(close.reason()));
  }

  /** Of a query whose columns are named as here. */
  static List<ClosedSession> closed(NativeQuery<Object[]> query) {
    return query
        .addScalar("id", UUID.class)
        .addScalar("epoch", Integer.class)
        .addScalar("user_id", String.class)
        .addScalar("device_id", String.class)
        .addScalar("node_id", String.class)
        .addScalar("connected", Boolean.class)
        .addScalar("at", Instant.class)
        .addScalar("close_code", Integer.class)
        .addScalar("close_name", String.class)
        .addScalar("reason", String.class)
        .getResultList()
        .stream()
        .map(ClosedSession::of)
        .toList();
  }

  static void putAttributes(ObjectNode json, Map<String, String> attributes) {
    ObjectNode object = json.putObject("attributes");
    attributes.forEach(
        (name, value) -> object.put(DatabaseText.clean(name), DatabaseText.clean(value)));
  }

  /**
   * Two transactions can still wait for each other where one of them inserts or replaces;
   * PostgreSQL then ends one, which has had no effect.
   */
  static <T> T retryingDeadlocks(Supplier<T> transaction) {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.get();
      } catch (RuntimeException e) {
        if (attempt == DEADLOCK_ATTEMPTS || !isDeadlock(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isDeadlock(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && "40P01".equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }
}
