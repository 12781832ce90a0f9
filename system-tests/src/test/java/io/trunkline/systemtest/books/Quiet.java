package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Publication.Expect;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.Publication.To;
import io.trunkline.systemtest.books.Publication.Wish;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What is published when nothing is killed any more. */
final class Quiet {
  private static final int USERS = 40;

  private Quiet() {}

  /**
   * One message to each of some users, not persistent.
   *
   * @param time of the run, which tells its messages from those of others
   */
  static List<Publication> publish(Plan plan, int time, String url, String password)
      throws JMSException {
    List<Publication> all =
        IntStream.range(0, Math.min(USERS, plan.users()))
            .mapToObj(number -> publication(plan, time, number))
            .toList();
    try (var factory = Publisher.factory(url);
        Connection connection = factory.createConnection("publisher", password);
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      Publisher.send(session, all);
    }
    return all;
  }

  private static Publication publication(Plan plan, int time, int number) {
    return new Publication(
        "b" + plan.seed() + "-quiet-" + time + "-" + number + Mix.PASSING_END,
        number,
        Kind.QUIET,
        To.user(Mix.USER + number),
        new Wish(Expect.ACK, "", Duration.ZERO),
        new AtomicInteger());
  }
}
