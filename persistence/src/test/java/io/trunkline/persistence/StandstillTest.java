package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A node that stands still in the middle of a transaction. */
class StandstillTest {
  private final DatabaseConfig config = TestServer.newDatabase();

  @Test
  void transactionThatStandsStill_isEnded_andItsLocksAreFree() throws Exception {
    try (HikariDataSource pool = Connections.pool(config);
        Connection still = pool.getConnection();
        Connection other = pool.getConnection();
        var ofStill = still.createStatement();
        var ofOther = other.createStatement()) {
      ofOther.execute("create table held as select 1 as n");
      still.setAutoCommit(false);
      ofStill.execute("update held set n = 2");

      ofOther.execute("set lock_timeout = '30s'");
      ofOther.execute("update held set n = 3");

      assertThatThrownBy(still::commit).isInstanceOf(SQLException.class);
      assertThat(query(config, "select n from held")).containsExactly("3");
    }
  }
}
