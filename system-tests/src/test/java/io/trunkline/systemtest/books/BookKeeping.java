package io.trunkline.systemtest.books;

import static org.awaitility.Awaitility.await;

import io.trunkline.client.FilePositionStore;
import io.trunkline.client.MemoryPositionStore;
import io.trunkline.client.PositionStore;
import io.trunkline.systemtest.books.Books.Evidence;
import io.trunkline.systemtest.books.Books.Problem;
import io.trunkline.systemtest.books.Receiver.Manner;
import io.trunkline.systemtest.books.Receiver.Person;
import io.trunkline.systemtest.books.Receiver.Way;
import io.trunkline.systemtest.installation.Installation;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
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
import org.jspecify.annotations.Nullable;

/**
 * Users who receive and ERP systems that publish, while a test does to an installation what it
 * likes; in the end their books must balance. For one thread; for a single use.
 */
public final class BookKeeping implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration PUBLISH_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int MAX_TRACES = 6;
  private static final int MAX_TOLD = 5;
  private static final int MAX_LATE_MS = 300;

  private final Plan plan;
  private final String jmsUrl;
  private final String jmsPassword;
  private final Ledger ledger;
  private final List<Receiver> receivers = new ArrayList<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ReceiptReader receipts;
  private @Nullable Publishers publishers;

  /** Published when nothing was disturbed. */
  private final List<Publication> quiet = new ArrayList<>();

  private int balances;

  /** How each of the users reaches the nodes. */
  public interface Ways {
    /**
     * @param user from 0
     */
    Way of(int user) throws IOException;
  }

  public BookKeeping(Plan plan, Installation installation, Ways ways) throws IOException {
    this.plan = plan;
    this.jmsUrl = installation.brokerUrl();
    this.jmsPassword = installation.secret("jms-publisher");
    this.ledger = new Ledger(installation);
    addReceivers(installation, ways);
    this.receipts = opened(new ReceiptReader(jmsUrl, jmsPassword));
  }

  private void addReceivers(Installation installation, Ways ways) throws IOException {
    PositionStore memory = new MemoryPositionStore();
    PositionStore files =
        FilePositionStore.ofFolder(Files.createTempDirectory(installation.folder(), "positions-"));
    ScheduledExecutorService timer = opened(Executors.newSingleThreadScheduledExecutor());
    SplittableRandom lateness = plan.random("lateness");
    Receiver.Later later =
        what -> {
          int ms;
          synchronized (lateness) {
            ms = lateness.nextInt(MAX_LATE_MS);
          }
          timer.schedule(what, ms, TimeUnit.MILLISECONDS);
        };
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
                  ways.of(i),
                  i % 10 == 1 ? files : memory,
                  later)));
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  public List<Receiver> receivers() {
    return List.copyOf(receivers);
  }

  /** Connects all, waits until they follow their topics, and begins to publish. */
  public void begin() {
    receivers.forEach(Receiver::connect);
    await("all clients are connected and follow their topics")
        .atMost(CONNECT_TIMEOUT)
        .until(
            () -> receivers.stream().allMatch(each -> each.isConnected() && each.isSubscribed()));
    publishers = opened(new Publishers(plan, jmsUrl, jmsPassword));
  }

  /** How many messages the broker has taken so far. */
  public int accepted() {
    return publishers().accepted().size();
  }

  private Publishers publishers() {
    if (publishers == null) {
      throw new IllegalStateException("nothing was begun");
    }
    return publishers;
  }

  /** All that goes wrong is over: publishes no more. */
  public void end() throws InterruptedException {
    publishers().finish(PUBLISH_TIMEOUT);
    List<Publication> accepted = publishers().accepted();
    say(
        "published %d, repeated %d; now it may settle"
            .formatted(
                accepted.size(), accepted.stream().filter(each -> each.sends().get() > 1).count()));
  }

  /**
   * Publishes no more, waits until nothing moves, publishes once more, balances the books, and goes
   * on publishing.
   *
   * @throws AssertionError tells what does not balance
   */
  public void balance() throws InterruptedException, JMSException, SQLException {
    publishers().rest(PUBLISH_TIMEOUT);
    var _ = balanced();
    publishers().resume();
  }

  Books balanced() throws JMSException, SQLException {
    if (settled()) {
      await("all are connected")
          .atMost(CONNECT_TIMEOUT)
          .until(() -> receivers.stream().allMatch(Receiver::isConnected));
      quiet.addAll(Quiet.publish(plan, ++balances, jmsUrl, jmsPassword));
      settled();
    }
    Books books = books();
    List<Problem> problems = books.audit();
    say(
        "published %d, %d receipts, and %d that came again"
            .formatted(
                publishers().accepted().size() + quiet.size(),
                receipts.receipts().size(),
                receipts.repeated()));
    books.equations().forEach(BookKeeping::say);
    if (!problems.isEmpty()) {
      throw new AssertionError(told(problems));
    }
    return books;
  }

  /** Waits until nothing moves any more and all balances; false: it took too long. */
  private boolean settled() {
    try {
      await("everything is settled")
          .atMost(SETTLE_TIMEOUT)
          .pollInterval(POLL)
          .ignoreExceptionsInstanceOf(SQLException.class)
          .until(
              () ->
                  ledger.pendingOfUsers() == 0
                      && ledger.overdueOfAbsent() == 0
                      && ledger.receiptsWaiting() == 0
                      && books().audit().isEmpty());
      return true;
    } catch (ConditionTimeoutException e) {
      say("not settled after " + SETTLE_TIMEOUT);
      return false;
    }
  }

  private Books books() throws SQLException {
    String prefix = "b" + plan.seed() + "-";
    List<Publication> published = new ArrayList<>(publishers().accepted());
    published.addAll(quiet);
    return new Books(
        published,
        new Evidence(
            ledger.entries(prefix),
            ledger.outcomes(prefix),
            receipts.receipts(),
            ledger.traces(prefix, Mix.PASSING_END),
            ledger.givenUp()),
        receivers.stream().map(Receiver::testimony).toList());
  }

  private String told(List<Problem> problems) throws SQLException {
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

  static void say(String text) {
    System.out.println("books: " + text);
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
  }
}
