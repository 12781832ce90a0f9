package io.trunkline.systemtest.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The adapter itself, with the one container that is several processes. */
@ArquillianTest
@RunAsClient
class AdapterTest {
  private static final String DATABASE = "adapter-postgres";

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Processes processes;

  @AfterEach
  void stop() {
    if (controller.isStarted(DATABASE)) {
      controller.stop(DATABASE);
    }
  }

  @Test
  void database_startsIsPausedWakesIsKilledAndStartsOnWhatItHad() throws Exception {
    controller.start(DATABASE);
    run("CREATE TABLE kept AS SELECT 1 AS n");

    processes.pause(DATABASE);
    assertThatThrownBy(() -> run("SELECT 1")).isInstanceOf(SQLException.class);
    processes.wake(DATABASE);
    run("SELECT 1");

    long before = processes.pid(DATABASE);
    processes.pause(DATABASE);
    controller.kill(DATABASE);
    assertThat(ProcessHandle.of(before)).isEmpty();
    assertThatThrownBy(() -> run("SELECT 1")).isInstanceOf(SQLException.class);

    controller.start(DATABASE, Map.of("keepData", "true"));
    run("SELECT n FROM kept");
    assertThat(processes.pid(DATABASE)).isNotEqualTo(before);
    controller.stop(DATABASE);

    controller.start(DATABASE, Map.of("keepData", "false"));
    assertThatThrownBy(() -> run("SELECT n FROM kept")).hasMessageContaining("does not exist");
  }

  private void run(String sql) throws Exception {
    Installation installation = processes.installation(DATABASE);
    var properties = new Properties();
    properties.setProperty("user", "trunkline");
    properties.setProperty("password", installation.secret("postgres-trunkline"));
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("socketTimeout", "2");
    properties.setProperty("loginTimeout", "2");
    try (Connection connection =
            DriverManager.getConnection(installation.databaseUrl(), properties);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
