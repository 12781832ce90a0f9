package io.trunkline.systemtest.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.Receiver.Way;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.TcpProxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
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
  private static final String NODE = "books-node";
  private static final Duration RESTART_TIMEOUT = Duration.ofMinutes(2);

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Processes processes;

  private final Plan plan = Plan.fromProperties();

  @AfterEach
  void stop() {
    controller.stop(NODE);
    controller.stop(NAME);
  }

  @Test
  void whatTheBrokerTook_isDeliveredOnceInOrderOrAccountedFor_whateverIsKilled() throws Exception {
    BookKeeping.say(plan + ", to repeat: " + plan.command());
    controller.start(NAME);
    controller.start(NODE);
    Installation installation = processes.installation(NAME);
    List<InetSocketAddress> nodes =
        Stream.of(NAME, NODE)
            .map(node -> URI.create(processes.clientUrl(node)))
            .map(url -> new InetSocketAddress(url.getHost(), url.getPort()))
            .toList();
    SplittableRandom random = plan.random("links");
    try (var keeping =
        new BookKeeping(
            plan, installation, user -> Way.through(new TcpProxy(nodes, any(random.split()))))) {
      keeping.begin();
      try (var _ = new Flapper(plan, keeping.receivers())) {
        killAsPlanned(installation);
        keeping.end();
      }
      holdsEachKind(keeping.balanced());
    }
  }

  private static IntUnaryOperator any(SplittableRandom random) {
    return count -> {
      synchronized (random) {
        return random.nextInt(count);
      }
    };
  }

  private void killAsPlanned(Installation installation) throws Exception {
    long startNs = System.nanoTime();
    for (Plan.Kill kill : plan.kills()) {
      Thread.sleep(kill.after());
      switch (kill.victim()) {
        case NODE -> processes.strike(NODE);
        case BROKER -> killWhenItRuns(installation, "broker");
        case DATABASE -> killWhenItRuns(installation, "postgres");
        case LAUNCHER -> controller.kill(NAME);
      }
      BookKeeping.say(seconds(startNs) + ": SIGKILL to " + kill.victim());
      if (kill.victim() == Plan.Victim.LAUNCHER) {
        controller.start(NAME, Map.of("keepData", "true"));
        BookKeeping.say(seconds(startNs) + ": the launcher is back");
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

  private static String seconds(long sinceNs) {
    return "%5.1f s".formatted((System.nanoTime() - sinceNs) / 1e9);
  }
}
