package io.trunkline.systemtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.client.SessionInfo;
import io.trunkline.systemtest.books.BookKeeping;
import io.trunkline.systemtest.books.Plan;
import io.trunkline.systemtest.books.Receiver;
import io.trunkline.systemtest.books.Receiver.Way;
import io.trunkline.systemtest.calls.ParcelsBackEnd;
import io.trunkline.systemtest.cluster.SessionTable.Row;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Processes;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.test.api.ContainerController;

/**
 * Three nodes, a database and a broker under load: users who receive, ERP systems that publish, and
 * clients that call a back end. Every client knows the addresses of all nodes.
 */
final class Cluster implements AutoCloseable {
  static final String FIRST = "gw-1";
  static final String SECOND = "gw-2";
  static final String THIRD = "gw-3";
  private static final List<String> NODES = List.of(FIRST, SECOND, THIRD);
  private static final String DATABASE = "cluster-postgres";
  private static final String BROKER = "cluster-broker";
  private static final int USERS = 60;
  private static final int PER_SECOND = 40;

  /** How long anything may take that is not timed by a contract. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ContainerController controller;
  private final Processes processes;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final long startNs = System.nanoTime();
  private final Plan plan = Plan.ofLoad(USERS, PER_SECOND);
  private final Installation installation;
  private final BookKeeping keeping;
  private final Calls calls;
  private final SessionTable sessions;

  /** Starts it all, and returns when messages and calls are going on. */
  Cluster(ContainerController controller, Processes processes) throws Exception {
    this.controller = controller;
    this.processes = processes;
    installation = processes.installation(FIRST);
    try {
      start(List.of(DATABASE, BROKER));
      ParcelsBackEnd backEnd = opened(new ParcelsBackEnd());
      Files.writeString(installation.routes(), Calls.routes(backEnd));
      start(NODES);
      say("the nodes are ready; " + plan);
      sessions = new SessionTable(installation);
      keeping = opened(new BookKeeping(plan, installation, user -> Way.to(urls(user))));
      keeping.begin();
      calls = opened(new Calls(installation, this::urls, backEnd));
      goesOn("under load");
    } catch (Exception | AssertionError e) {
      abandon();
      throw e;
    }
  }

  /** Side by side. */
  private void start(List<String> names) throws LifecycleException {
    processes.launch(names);
    names.forEach(controller::start);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  /** All nodes', from another one on for each number. */
  private List<String> urls(int number) {
    List<String> urls = new ArrayList<>(NODES.stream().map(processes::clientUrl).toList());
    Collections.rotate(urls, number);
    return urls;
  }

  /** A connection by hand, to this node and no other. */
  RawSession connect(String node, String user) throws IOException {
    return opened(new RawSession(processes.clientUrl(node), token(user), /* resume= */ null));
  }

  private String token(String user) throws IOException {
    return installation.token(user, RawSession.ATTRIBUTES, Duration.ofHours(1));
  }

  /** Another connection of the same session, while its first one stays as it is. */
  RawSession resume(RawSession session, String node, String user) throws IOException {
    return opened(
        new RawSession(processes.clientUrl(node), token(user), session.welcome().getResumeToken()));
  }

  Installation installation() {
    return installation;
  }

  SessionTable sessions() {
    return sessions;
  }

  /** Waits until the database says this of a session. */
  void awaitRow(RawSession session, Row expected) {
    await("session becomes " + expected)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sessions.living(session.id())).contains(expected));
  }

  /** What the clients of all users say, by user: only of those connected just now. */
  Map<String, SessionInfo> connected() {
    Map<String, SessionInfo> found = new HashMap<>();
    for (Receiver receiver : keeping.receivers()) {
      receiver.session().ifPresent(session -> found.put(receiver.user(), session));
    }
    return found;
  }

  /** The ids of the sessions that a node holds, by user. */
  Map<String, String> heldBy(String node) {
    Map<String, String> ids = new HashMap<>();
    connected()
        .forEach(
            (user, session) -> {
              if (session.nodeId().equals(node)) {
                ids.put(user, session.sessionId());
              }
            });
    assertThat(ids).as("sessions of " + node).isNotEmpty();
    return ids;
  }

  /** Waits until these sessions go on, under their ids, on other nodes than this one. */
  void awaitElsewhere(Map<String, String> ids, String node) {
    await("the sessions go on elsewhere")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, String> nodes = new HashMap<>();
              connected().forEach((user, session) -> nodes.put(user, session.nodeId()));
              assertThat(nodes).containsKeys(ids.keySet().toArray(String[]::new));
              assertThat(ids.keySet())
                  .allSatisfy(user -> assertThat(nodes.get(user)).isNotEqualTo(node));
            });
    assertIds(ids);
    say(ids.size() + " sessions go on elsewhere");
  }

  /** These sessions were not ended, and no others took their place. */
  void assertIds(Map<String, String> ids) {
    await("the sessions are there, under their ids")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, String> now = new HashMap<>();
              connected().forEach((user, session) -> now.put(user, session.sessionId()));
              assertThat(now).containsAllEntriesOf(ids);
            });
  }

  /** Returns when a further second's worth of messages was published, and calls were answered. */
  void goesOn(String what) {
    int messages = keeping.accepted() + PER_SECOND;
    int answers = calls.answered() + 10;
    await("messages and calls go on")
        .atMost(PATIENCE)
        .until(() -> keeping.accepted() >= messages && calls.answered() >= answers);
    say(what);
  }

  /**
   * Nothing is disturbed any more: what was acknowledged since the start must be there, exactly.
   * The load rests meanwhile, and goes on.
   */
  void balance() throws InterruptedException, JMSException, SQLException {
    calls.balance();
    keeping.balance();
    say("the books balance");
  }

  void say(String text) {
    System.out.printf("cluster: %5.1f s %s%n", (System.nanoTime() - startNs) / 1e9, text);
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        say("at the end: " + e);
      }
    }
    try {
      processes.end(NODES);
      processes.end(List.of(BROKER, DATABASE));
    } catch (LifecycleException e) {
      say("at the end: " + e);
    }
  }

  /** The same in a test, so that another cluster can be started. */
  void abandon() {
    close();
    Stream.concat(NODES.stream(), Stream.of(BROKER, DATABASE))
        .filter(controller::isStarted)
        .forEach(controller::stop);
  }
}
