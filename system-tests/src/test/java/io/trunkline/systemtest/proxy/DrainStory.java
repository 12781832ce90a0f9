package io.trunkline.systemtest.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.client.Disconnect;
import io.trunkline.client.SessionInfo;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Welcome;
import io.trunkline.systemtest.Operator;
import io.trunkline.systemtest.ReportWriter;
import io.trunkline.systemtest.drain.Customer;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * An operator drains the second node by the console and lets it take clients again, while customers
 * call and are written to. That it is not over before everybody has looked is up to the stayers.
 */
final class DrainStory implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String REASON = "deploy 1.2";

  private final Installation installation;
  private final TwoNodes nodes;
  private final HaProxy proxy;
  private final Clientele clients;

  DrainStory(Installation installation, TwoNodes nodes, HaProxy proxy) {
    this.installation = installation;
    this.nodes = nodes;
    this.proxy = proxy;
    this.clients = new Clientele(installation, proxy.clientsPort());
  }

  /**
   * @param nodeOfNewClient connects one
   */
  void tell(Callable<String> nodeOfNewClient) throws Exception {
    clients.connect("gw-2", 3);
    clients.beginToWrite(nodes);
    List<Customer> moving = clients.customersOf("gw-2");
    List<Stayer> staying = clients.stayersOf("gw-2");
    try (Operator operator = new Operator()) {
      operator.open(installation.consoleUrl());
      operator.logIn(installation.secret("console-operator"));
      operator.seesConnectedSessions(clients.size());

      operator.drains("gw-2", REASON, 2);

      proxy.awaitNodes(true, false);
      assertThat(nodes.isReady(nodes.second)).isFalse();
      operator.seesDraining(staying.size(), moving.size() + staying.size());
      operator.screenshot("nodes-draining");
      toldInSlotsToComeByTheProxy_andServedUntilTheyDo(staying);
      assertThat(nodeOfNewClient.call()).isEqualTo("gw-1");
      for (Stayer stayer : staying) {
        String session = stayer.welcome().getSessionId();
        Welcome there = stayer.goesOn();
        assertThat(there.getSessionId()).isEqualTo(session);
        assertThat(there.getNodeId()).isEqualTo("gw-1");
      }
      operator.seesDrained();

      operator.undrains("gw-2");
      proxy.awaitNodes(true, true);
      assertThat(nodes.isReady(nodes.second)).isTrue();
      await("new clients").atMost(PATIENCE).until(() -> nodeOfNewClient.call().equals("gw-2"));
      aNodeThatIsGoneIsForgotten(operator);
    }
    clients.rest();
    nothingIsLost(moving);
    whoDidItIsRecorded();
  }

  private void toldInSlotsToComeByTheProxy_andServedUntilTheyDo(List<Stayer> staying)
      throws IOException {
    List<GoAway> told = new ArrayList<>();
    for (Stayer stayer : staying) {
      told.add(stayer.goAway());
      assertThat(stayer.isServed()).isTrue();
    }
    assertThat(told)
        .allSatisfy(
            one -> {
              assertThat(one.getCode()).isEqualTo(CloseCode.DRAINING);
              assertThat(one.getReason()).isEqualTo(REASON);
              assertThat(one.getAddress()).isEqualTo("127.0.0.1:" + proxy.clientsPort());
            });
    // Until when counts from when it is told, by the node's clock: no two slots have the same.
    assertThat(told.stream().map(GoAway::getResumableUntilMs).distinct().count())
        .as("slots")
        .isGreaterThan(1);
  }

  /** It was never there but in the database. */
  private void aNodeThatIsGoneIsForgotten(Operator operator) throws Exception {
    try (var database =
            DriverManager.getConnection(
                installation.databaseUrl(),
                "trunkline",
                installation.secret("postgres-trunkline"));
        var insert = database.createStatement()) {
      insert.execute(
          "insert into trunkline.node"
              + " (id, client_address, api_address, sessions, started_at, lease_until, left_at)"
              + " values ('gw-9', '127.0.0.1:9', '127.0.0.1:9', 0, now(), now(), now())");
    }
    operator.forgets("gw-9");
  }

  private void nothingIsLost(List<Customer> moved) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(clients.customers())
                    .allSatisfy(
                        customer ->
                            assertThat(customer.messages)
                                .isNotEmpty()
                                .containsExactlyInAnyOrderElementsOf(
                                    clients.taken(customer.user))));
    assertThat(clients.customers())
        .allSatisfy(
            customer -> {
              assertThat(customer.answered.get()).isPositive();
              assertThat(customer.failed).as("failed, not to be made again").isEmpty();
              assertThat(customer.sessions.stream().map(SessionInfo::sessionId).distinct())
                  .hasSize(1);
            });
    assertThat(moved)
        .allSatisfy(
            customer -> {
              assertThat(customer.sessions.getLast().nodeId()).isEqualTo("gw-1");
              assertThat(customer.ends)
                  .extracting(Disconnect::name)
                  .containsOnly(CloseCode.DRAINING.name());
            });
  }

  private void whoDidItIsRecorded() throws Exception {
    assertThat(
            new ReportWriter(installation)
                .query(
                    "select operator, via, action, target, outcome from report.operator_actions"
                        + " where action in ('drain', 'undrain', 'forget-node')"
                        + " order by action_id"))
        .containsExactly(
            "operator|console|drain|gw-2|ordered",
            "operator|console|undrain|gw-2|ordered",
            "api|api|forget-node|gw-9|done; 0 messages waited for it",
            "operator|console|forget-node|gw-9|done; 0 messages waited for it");
  }

  @Override
  public void close() throws IOException {
    clients.close();
  }
}
