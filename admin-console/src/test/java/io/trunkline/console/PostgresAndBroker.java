package io.trunkline.console;

import io.trunkline.jms.BrokerProcess;
import io.trunkline.jms.FreePorts;
import io.trunkline.jms.JmsConfig;
import io.trunkline.persistence.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The real database and the real broker, for as long as a test needs them. */
final class PostgresAndBroker implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final EmbeddedPostgres postgres;
  private final BrokerProcess broker;

  PostgresAndBroker(Path folder) throws IOException {
    broker = new BrokerProcess(folder);
    postgres = EmbeddedPostgres.builder().setPort(FreePorts.take()).start();
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  DatabaseConfig database() {
    return new DatabaseConfig(
        postgres.getJdbcUrl("postgres", "postgres"), "postgres", "unused", 4, TIMEOUT);
  }

  JmsConfig brokerAs(String user) {
    return broker.config(user, user + "-secret");
  }

  void killBroker() throws InterruptedException {
    broker.kill();
  }

  void stopDatabase() throws IOException {
    postgres.close();
  }

  @Override
  public void close() throws IOException {
    broker.close();
    postgres.close();
  }
}
