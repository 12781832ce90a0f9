package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.jms.JmsBridge.Route;
import io.trunkline.jms.JmsBridge.Takeover;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits in the subscription of a node that is gone. */
class TakeoverTest {
  private static final int SOME = 40;
  private static BrokerProcess broker;

  @BeforeAll
  static void startBroker(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static final class Son implements JmsBridge.Heir {
    final List<DownlinkMessage> taken = new CopyOnWriteArrayList<>();
    private final boolean may;
    private final Route route;

    Son(boolean may, Route route) {
      this.may = may;
      this.route = route;
    }

    @Override
    public boolean mayTake() {
      return may;
    }

    @Override
    public List<Route> take(List<DownlinkMessage> batch) {
      taken.addAll(batch);
      return batch.stream().map(message -> route).toList();
    }
  }

  @Test
  void whatWasPassedOnToANodeThatIsGone_isTakenOnce_byWhoeverIsQuicker_andNothingElse()
      throws Exception {
    try (JmsBridge one = JmsBridge.open(broker.config(), "one");
        JmsBridge two = JmsBridge.open(broker.config(), "two");
        Erp erp = new Erp(broker)) {
      // given messages for one recipient, and one for all, that a node has left
      JmsBridge gone = JmsBridge.open(broker.config(), "gone");
      gone.consumeDownlink("gone", Recorder.done());
      Recorder living = new Recorder(message -> Route.toNode("gone"));
      one.consumeDownlink("one", living);
      // (a living node's own are its own)
      assertThat(two.takeOver("two", "one", new Son(true, new Route.Done())).inUse()).isTrue();
      gone.close();
      for (int i = 0; i < SOME; i++) {
        erp.nonPersistent(erp.text("m" + i, "tl_user", "alice"));
      }
      erp.nonPersistent(erp.text("to all"));
      await().atMost(Duration.ofSeconds(60)).until(() -> one.counts().forwarded() == SOME);

      // when one may not
      Son notNow = new Son(false, new Route.Done());
      assertThat(two.takeOver("two", "gone", notNow)).isEqualTo(new Takeover(false, 0));

      // then all waits, and when two may at once, each message is had by one of them
      assertThat(notNow.taken).isEmpty();
      Son atOne = new Son(true, Route.toNode("one"));
      Son atTwo = new Son(true, Route.toNode("one"));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Callable<Takeover>> both =
            List.of(
                () -> one.takeOver("one", "gone", atOne), () -> two.takeOver("two", "gone", atTwo));
        for (var done : threads.invokeAll(both)) {
          assertThat(done.get()).isNotNull();
        }
      }
      assertThat(atOne.taken.size() + atTwo.taken.size()).isEqualTo(SOME);
      await().atMost(Duration.ofSeconds(60)).until(() -> living.delivered.size() == SOME + 1);
      assertThat(Recorder.bodies(living.delivered))
          .containsAll(IntStream.range(0, SOME).mapToObj(i -> "m" + i).toList());
      assertThat(living.delivered)
          .filteredOn(message -> message.target() instanceof Target.User)
          .allMatch(message -> message.trail().hops() == 2);
      assertThat(one.removeSubscription("gone").messages()).isEqualTo(1);
      assertThat(one.takeOver("one", "gone", atOne)).isEqualTo(new Takeover(false, 0));
    }
  }
}
