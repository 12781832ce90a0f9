package io.trunkline.systemtest.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.client.FilePositionStore;
import io.trunkline.client.MemoryPositionStore;
import io.trunkline.client.PositionStore;
import io.trunkline.systemtest.books.Books.Evidence;
import io.trunkline.systemtest.books.Books.Problem;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.Receiver.Manner;
import io.trunkline.systemtest.books.Receiver.Person;
import io.trunkline.systemtest.installation.FurtherNode;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Nothing that the broker took is lost, doubled, out of order or unaccounted for, while nodes,
 * broker and database are killed and connections flap.
 */
@ArquillianTest
@RunAsClient
class DownlinkBooksTest {
  private static final String NAME = "books";

  /** Of the further node, as {@code arquillian.xml} has them of the other. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "downlink.ack-timeout", "2s",
          "streams.max-ack-timeout", "4s",
          "streams.max-attempts", "3",
          "node.lease", "5s");

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int MAX_TRACES = 6;
  private static final int MAX_TOLD = 5;
  private static final int MAX_LATE_MS = 300;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private final Plan plan = Plan.fromProperties();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Published when nothing is killed any more. */
  private final List<Publication> quiet = new ArrayList<>();

  /** Who says what became of messages. */
  private record Parties(
      Ledger ledger, Publishers publishers, ReceiptReader receipts, List<Receiver> receivers) {}

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    controller.stop(NAME);
  }

  @Test
  void whatTheBrokerTook_isDeliveredOnceInOrderOrAccountedFor_whateverIsKilled() throws Exception {
    say(plan + ", to repeat: " + plan.command());
    controller.start(NAME);
    Installation installation = Installation.of(NAME);
    FurtherNode node = opened(new FurtherNode(installation, SETTINGS));
    node.awaitReady();
    List<Receiver> receivers = receivers(installation, node);
    receivers.forEach(Receiver::connect);
    await("all clients are connected and follow their topics")
        .atMost(CONNECT_TIMEOUT)
        .until(
            () -> receivers.stream().allMatch(each -> each.isConnected() && each.isSubscribed()));

    String jmsPassword = installation.secret("jms-publisher");
    ReceiptReader receipts = opened(new ReceiptReader(installation.jmsUrl(), jmsPassword));
    Publishers publishers = opened(new Publishers(plan, installation.jmsUrl(), jmsPassword));
    try (var _ = new Flapper(plan, receivers)) {
      killAsPlanned(installation, node);
      publishers.finish(PUBLISH_TIMEOUT);
    }
    say(
        "published %d, repeated %d; now it may settle"
            .formatted(
                publishers.accepted().size(),
                publishers.accepted().stream().filter(each -> each.sends().get() > 1).count()));
    var parties = new Parties(new Ledger(installation), publishers, receipts, receivers);
    if (settled(parties)) {
      await("all are connected")
          .atMost(CONNECT_TIMEOUT)
          .until(() -> receivers.stream().allMatch(Receiver::isConnected));
      quiet.addAll(Quiet.publish(plan, installation.jmsUrl(), jmsPassword));
      settled(parties);
    }
    balances(parties);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  private List<Receiver> receivers(Installation installation, FurtherNode node) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    List<InetSocketAddress> nodes =
        List.of(
            new InetSocketAddress(loopback, URI.create(installation.clientUrl()).getPort()),
            new InetSocketAddress(loopback, node.clientsPort()));
    PositionStore memory = new MemoryPositionStore();
    PositionStore files = FilePositionStore.ofFolder(installation.folder().resolve("positions"));
    SplittableRandom random = plan.random("links");
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    open.push(timer);
    SplittableRandom lateness = plan.random("lateness");
    Receiver.Later later =
        what -> {
          int ms;
          synchronized (lateness) {
            ms = lateness.nextInt(MAX_LATE_MS);
          }
          timer.schedule(what, ms, TimeUnit.MILLISECONDS);
        };
    List<Receiver> receivers = new ArrayList<>();
    for (int i = 0; i < plan.users() + Mix.DEAF_USERS; i++) {
      boolean deaf = i >= plan.users();
      String user = deaf ? Mix.DEAF + (i - plan.users()) : Mix.USER + i;
      String topic = Mix.topic(i % Mix.topics(plan));
      Manner manner = deaf ? Manner.NEVER : i % 10 == 0 ? Manner.LATER : Manner.AUTOMATIC;
      receivers.add(
          opened(
              new Receiver(
                  new Person(
                      user,
                      deaf ? Set.of() : Set.of(topic),
                      manner,
                      installation.token(user, Map.of("topics", topic), plan.load().plusHours(1))),
                  new FlakyLink(nodes, random.split()),
                  i % 10 == 1 ? files : memory,
                  later)));
    }
    return receivers;
  }

  private void killAsPlanned(Installation installation, FurtherNode node) throws Exception {
    long startNs = System.nanoTime();
    for (Plan.Kill kill : plan.kills()) {
      Thread.sleep(kill.after());
      switch (kill.victim()) {
        case NODE -> node.kill();
        case BROKER -> killWhenItRuns(installation, "broker");
        case DATABASE -> killWhenItRuns(installation, "postgres");
        case LAUNCHER -> controller.kill(NAME);
      }
      say(seconds(startNs) + ": SIGKILL to " + kill.victim());
      if (kill.victim() == Plan.Victim.LAUNCHER) {
        controller.start(NAME, Map.of("keepData", "true"));
        say(seconds(startNs) + ": the launcher is back");
      }
    }
    Duration left = plan.load().minusNanos(System.nanoTime() - startNs);
    if (left.isPositive()) {
      Thread.sleep(left);
    }
  }

  private static void killWhenItRuns(Installation installation, String process) {
    await(process + " runs")
        .atMost(RESTART_TIMEOUT)
        .until(() -> installation.kill(process).isPresent());
  }

  /** Waits until nothing moves any more and all balances; false: it took too long. */
  private boolean settled(Parties parties) {
    try {
      await("everything is settled")
          .atMost(SETTLE_TIMEOUT)
          .pollInterval(POLL)
          .ignoreExceptionsInstanceOf(SQLException.class)
          .until(
              () ->
                  parties.ledger().pendingOfUsers() == 0
                      && parties.ledger().overdueOfAbsent() == 0
                      && parties.ledger().receiptsWaiting() == 0
                      && books(parties).audit().isEmpty());
      return true;
    } catch (ConditionTimeoutException e) {
      say("not settled after " + SETTLE_TIMEOUT);
      return false;
    }
  }

  private void balances(Parties parties) throws SQLException {
    Books books = books(parties);
    List<Problem> problems = books.audit();
    say(
        "published %d, %d receipts, and %d that came again"
            .formatted(
                parties.publishers().accepted().size() + quiet.size(),
                parties.receipts().receipts().size(),
                parties.receipts().repeated()));
    books.equations().forEach(DownlinkBooksTest::say);
    if (!problems.isEmpty()) {
      throw new AssertionError(told(problems, parties.ledger()));
    }
    holdsEachKind(books);
  }

  /** Equations of nothing would hold as well. */
  private static void holdsEachKind(Books books) {
    assertThat(books.ends(Kind.PLAIN)).containsKeys("DELIVERED", "PENDING");
    assertThat(books.ends(Kind.KEYED)).containsKeys("DELIVERED", "CONFLATED");
    assertThat(books.ends(Kind.REPLY)).containsKeys("REPLIED");
    assertThat(books.copies(Kind.BROADCAST)).containsKeys("SHOWN");
    assertThat(books.copies(Kind.TOPIC)).containsKeys("SHOWN");
    assertThat(books.ends(Kind.PASSING)).containsKeys("SHOWN");
    assertThat(books.ends(Kind.QUIET)).containsOnlyKeys("SHOWN");
    assertThat(books.copies(Kind.PASSING)).containsKeys("DELIVERED", "REPLIED");
  }

  private Books books(Parties parties) throws SQLException {
    String prefix = "b" + plan.seed() + "-";
    Ledger ledger = parties.ledger();
    List<Publication> published = new ArrayList<>(parties.publishers().accepted());
    published.addAll(quiet);
    return new Books(
        published,
        new Evidence(
            ledger.entries(prefix),
            ledger.outcomes(prefix),
            parties.receipts().receipts(),
            ledger.traces(prefix, Mix.PASSING_END),
            ledger.givenUp()),
        parties.receivers().stream().map(Receiver::testimony).toList());
  }

  private String told(List<Problem> problems, Ledger ledger) throws SQLException {
    List<String> lines = new ArrayList<>();
    lines.add(problems.size() + " problems; to repeat: " + plan.command());
    problems.stream()
        .collect(Collectors.groupingBy(Problem::kind))
        .values()
        .forEach(
            alike -> {
              lines.add(alike.size() + " of this kind:");
              alike.stream().limit(MAX_TOLD).forEach(each -> lines.add("  " + each));
            });
    List<String> ids =
        problems.stream()
            .map(Problem::messageId)
            .filter(id -> !id.isEmpty())
            .distinct()
            .limit(MAX_TRACES)
            .toList();
    for (String id : ids) {
      lines.add("--- trace of " + id);
      lines.addAll(ledger.trace(id));
    }
    return String.join("\n", lines);
  }

  private static String seconds(long sinceNs) {
    return "%5.1f s".formatted((System.nanoTime() - sinceNs) / 1e9);
  }

  private static void say(String text) {
    System.out.println("books: " + text);
  }
}
