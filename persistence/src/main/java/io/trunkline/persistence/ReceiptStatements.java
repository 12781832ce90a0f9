package io.trunkline.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Receipts between their commit and the broker. */
final class ReceiptStatements {
  private static final String INSERT =
      """
      insert into trunkline.receipt (id, destination, correlation_id, status, body)
      select * from unnest(?, ?, ?, ?, ?)
      """;

  // Not worth a wait for the disk: if a crash undoes it the receipt goes out again, with its id.
  private static final String SENT =
      """
      set local synchronous_commit to off;
      delete from trunkline.receipt where id = any(?)
      """;

  private static final String TAKE_OVER =
      """
      with late as (
        select id from trunkline.receipt
        where coalesce(taken_at, created_at) < clock_timestamp() - ? * interval '1 millisecond'
        order by coalesce(taken_at, created_at)
        limit ?
        for update skip locked
      )
      update trunkline.receipt r set taken_at = clock_timestamp() from late where r.id = late.id
      returning r.id, r.destination, r.correlation_id, r.status, r.body
      """;

  private ReceiptStatements() {}

  static void insert(Connection connection, List<StoredReceipt> receipts) throws SQLException {
    if (receipts.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      new Columns<>(insert, receipts)
          .uuid(StoredReceipt::id)
          .text(r -> r.to().destination())
          .text(r -> r.to().correlationId())
          .text(StoredReceipt::status)
          .text(StoredReceipt::body);
      insert.executeUpdate();
    }
  }

  static List<StoredReceipt> ofDuplicates(
      Connection connection,
      List<StoreResult.Duplicate> duplicates,
      List<ReplyAddress> to,
      MessageStore.ReceiptWriter writer)
      throws SQLException {
    Instant at = Instant.now();
    List<StoredReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < duplicates.size(); i++) {
      UUID id = UUID.randomUUID();
      String body = writer.duplicate(id, duplicates.get(i).message(), at);
      receipts.add(new StoredReceipt(id, to.get(i), "DUPLICATE", body));
    }
    insert(connection, receipts);
    return receipts;
  }

  static void sent(Connection connection, List<UUID> ids) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(SENT)) {
      new Columns<>(delete, ids).uuid(id -> id);
      delete.execute();
    }
  }

  static List<StoredReceipt> takeOver(Connection connection, Duration age, int limit)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TAKE_OVER)) {
      query.setLong(1, age.toMillis());
      query.setInt(2, limit);
      try (ResultSet row = query.executeQuery()) {
        List<StoredReceipt> receipts = new ArrayList<>();
        while (row.next()) {
          receipts.add(
              new StoredReceipt(
                  row.getObject("id", UUID.class),
                  new ReplyAddress(row.getString("destination"), row.getString("correlation_id")),
                  row.getString("status"),
                  row.getString("body")));
        }
        return receipts;
      }
    }
  }
}
