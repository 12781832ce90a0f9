package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job, from an empty folder: each part a process of its own. */
@ArquillianTest
@RunAsClient
class MainJobTest {
  private static final String NAME = "main";
  private static final String BROADCAST = "the shop opens at nine";
  private static final String ORDER = "order 4711 is packed";
  private static final Duration EXIT_TIMEOUT = Duration.ofMinutes(2);

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private Installation installation;
  private ReportWriter reports;
  private Listener alice;
  private Listener bob;

  @BeforeEach
  void start() throws Exception {
    controller.start(NAME);
    installation = Installation.of(NAME);
    reports = new ReportWriter(installation);
    alice = Listener.start(installation, "alice", "till-1");
    bob = Listener.start(installation, "bob", "scanner-7");
  }

  @AfterEach
  void stop() throws Exception {
    alice.close();
    bob.close();
    controller.stop(NAME);
  }

  @Test
  void mainJob_fromPublishToKickToReport_andThroughSigkill() throws Exception {
    String aliceFirst = alice.awaitSession(1);
    String bobFirst = bob.awaitSession(1);

    erpPublishes_eachGetsItsOwn_receiptSaysDelivered(aliceFirst);
    operatorKicksBobAndPushesToAlice();
    reportsShowBothAndWhyBobsEnded(aliceFirst, bobFirst);
    sigkillAndStart_theSessionGoesOn(aliceFirst);
  }

  private void erpPublishes_eachGetsItsOwn_receiptSaysDelivered(String aliceSession)
      throws Exception {
    try (Program erp = Erp.publish(installation, "alice")) {
      assertThat(erp.awaitExit(EXIT_TIMEOUT)).as(erp.errors().toString()).isZero();

      JsonObject receipt = JsonParser.parseString(erp.output().getFirst()).getAsJsonObject();
      assertThat(Listener.text(receipt, "status")).isEqualTo("DELIVERED");
      assertThat(Listener.text(receipt, "user")).isEqualTo("alice");
      assertThat(Listener.text(receipt, "device")).isEqualTo("till-1");
      assertThat(Listener.text(receipt, "session")).isEqualTo(aliceSession);
      assertThat(erp.output()).contains("correlation 4711");
    }
    await().untilAsserted(() -> assertThat(alice.payloads()).containsOnlyOnce(BROADCAST, ORDER));
    await().untilAsserted(() -> assertThat(bob.payloads()).containsExactly(BROADCAST));
  }

  private void operatorKicksBobAndPushesToAlice() throws Exception {
    try (Operator operator = new Operator()) {
      operator.open(installation.consoleUrl());
      operator.screenshot("login");
      operator.logIn(installation.secret("console-operator"));
      operator.seesSessions("alice", "bob");
      operator.screenshot("sessions");

      operator.kick("bob", "the scanner was lost");
      assertThat(bob.program().awaitExit(EXIT_TIMEOUT)).isEqualTo(1);
      operator.seesNoSession("bob");
      JsonObject ended = bob.events("disconnected").getLast();
      assertThat(ended.get("code").getAsInt()).isEqualTo(4502);
      assertThat(Listener.text(ended, "name")).isEqualTo("KICKED");
      assertThat(Listener.text(ended, "message")).contains("the scanner was lost");
      assertThat(ended.get("reconnect").getAsBoolean()).isFalse();
      assertThat(bob.events("connected")).hasSize(1);
      assertThat(bob.payloads()).containsExactly(BROADCAST);

      operator.push("alice", "Hello from the console");
      operator.seesReceipt("delivered");
      operator.screenshot("push");
      assertThat(alice.payloads())
          .containsExactlyInAnyOrder(BROADCAST, ORDER, "Hello from the console");

      operator.seesNodeAndServices("gw-1", "echo", "orders");
      operator.reloadsRoutes();
    }
  }

  private void reportsShowBothAndWhyBobsEnded(String aliceSession, String bobSession)
      throws Exception {
    String current = "SELECT user_id, device_id, state, session_id FROM report.session_current";
    String history =
        "SELECT session_id, close_code, close_name, ended_at IS NOT NULL, reason"
            + " FROM report.session_history WHERE user_id = 'bob'";
    await()
        .untilAsserted(
            () ->
                assertThat(reports.query(current))
                    .containsExactly("alice|till-1|ACTIVE|" + aliceSession));
    assertThat(reports.query(history))
        .singleElement()
        .asString()
        .startsWith(bobSession + "|4502|KICKED|t|")
        .contains("the scanner was lost");
    assertThat(reports.query("SELECT user_id FROM report.session_history ORDER BY user_id"))
        .containsExactly("alice", "bob");
    assertThat(
            reports.query(
                "SELECT operator, action FROM report.operator_actions ORDER BY action_id"))
        .contains("operator|kick", "operator|push", "operator|reload routes");
    assertThatThrownBy(() -> reports.query("DELETE FROM trunkline.session_history RETURNING 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
    if (hasPsql()) {
      assertThat(reports.psql(history)).isEqualTo(reports.query(history));
      assertThat(reports.psql(current)).isEqualTo(reports.query(current));
    }
  }

  private static boolean hasPsql() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "psql")));
  }

  private void sigkillAndStart_theSessionGoesOn(String aliceFirst) throws Exception {
    controller.kill(NAME);
    alice.awaitEvent("disconnected", 1);
    controller.start(NAME, Map.of("keepData", "true"));

    String aliceSecond = alice.awaitSession(2);
    assertThat(aliceSecond).isEqualTo(aliceFirst);
    assertThat(alice.events("disconnected").getFirst().get("reconnect").getAsBoolean()).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(
                        reports.query(
                            "SELECT session_id, state, attaches FROM report.session_current"))
                    .isEqualTo(List.of(aliceFirst + "|ACTIVE|2")));
    assertThat(
            reports.query(
                "SELECT ended_at FROM report.session_history WHERE session_id = '"
                    + aliceFirst
                    + "'"))
        .containsExactly("");
  }
}
