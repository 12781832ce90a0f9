package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker is away, is killed, comes back. */
class ReconnectTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private BrokerProcess broker;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void killedBroker_losesNoPersistentMessage_andTheBridgeWorksOn() throws Exception {
    try (JmsBridge bridge = JmsBridge.open(broker.config(), "node");
        Erp erp = new Erp(broker)) {
      AtomicBoolean away = new AtomicBoolean(true);
      Recorder recorder =
          new Recorder(
              message -> {
                if (away.get()) {
                  throw new IllegalStateException("not yet");
                }
                return JmsBridge.Route.toNode("n1");
              });
      List<Command> commands = new CopyOnWriteArrayList<>();
      bridge.consumeDownlink("n1", recorder);
      bridge.consumeControl(commands::add);
      erp.persistent(erp.text("survives", "tl_user", "alice"));
      await().untilAsserted(() -> assertThat(recorder.resolved).isNotEmpty());

      broker.kill();
      await().untilAsserted(() -> assertThat(bridge.connected()).isFalse());
      away.set(false);
      broker.startAgain();

      await()
          .atMost(LONG)
          .untilAsserted(
              () -> assertThat(Recorder.bodies(recorder.delivered)).containsExactly("survives"));
      // What was missed meanwhile must be read again.
      await().untilAsserted(() -> assertThat(commands).contains(new Command.Missed()));
      List<Receipt> receipts = new CopyOnWriteArrayList<>();
      Draft draft =
          RoutingTest.draft(new Target.User("bob", Optional.empty()), true, Optional.empty());
      try (JmsBridge.Publication sent = bridge.publish(draft, receipts::add)) {
        await().untilAsserted(() -> assertThat(recorder.delivered).hasSize(2));
        DownlinkMessage second = recorder.delivered.getLast();
        assertThat(second.id()).isEqualTo(sent.messageId());
        bridge.receipt(second, delivered(second));
        await().untilAsserted(() -> assertThat(receipts).hasSize(1));
      }
    }
  }

  @Test
  void publishBeforeAndAfterARestart_usesANewReplyQueue() throws Exception {
    try (JmsBridge bridge = JmsBridge.open(broker.config(), "node")) {
      Recorder recorder = Recorder.done();
      bridge.consumeDownlink("n1", recorder);
      Draft draft =
          RoutingTest.draft(new Target.User("bob", Optional.empty()), true, Optional.empty());
      bridge.publish(draft, receipt -> {}).close();
      broker.kill();
      await().untilAsserted(() -> assertThat(bridge.connected()).isFalse());
      broker.startAgain();
      List<Receipt> receipts = new CopyOnWriteArrayList<>();

      try (JmsBridge.Publication sent = bridge.publish(draft, receipts::add)) {
        await()
            .atMost(LONG)
            .until(
                () ->
                    recorder.resolved.stream()
                        .anyMatch(message -> message.id().equals(sent.messageId())));
        DownlinkMessage message = recorder.resolved.getLast();
        bridge.receipt(message, delivered(message));
        await().untilAsserted(() -> assertThat(receipts).hasSize(1));
      }
    }
  }

  @Test
  void receiptsWait_whileTheBrokerIsAway() throws Exception {
    Queue queue = ActiveMQDestination.createQueue("trunkline.uplink.receipts");
    DownlinkMessage about =
        new DownlinkMessage(
            "m-1",
            new Target.Everyone(),
            Expect.ACK,
            "",
            "",
            new byte[0],
            Optional.empty(),
            true,
            4,
            Instant.EPOCH,
            Optional.empty(),
            Optional.of("queue://trunkline.uplink.receipts"),
            Optional.empty(),
            false,
            "ID:1",
            Optional.empty(),
            false,
            Optional.empty(),
            Trail.NONE);
    try (JmsBridge bridge = JmsBridge.open(broker.config(), "node")) {
      broker.kill();
      await().untilAsserted(() -> assertThat(bridge.connected()).isFalse());

      for (int i = 0; i < 3_000; i++) {
        bridge.receipt(about, delivered(about));
      }
      broker.startAgain();

      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(bridge.counts().receipts()).isEqualTo(3_000));
      assertThat(bridge.counts().dropped()).isZero();
    }
    try (BrokerLink link = BrokerLink.open(broker.config(), "reader");
        Session session = link.require().createSession();
        MessageConsumer consumer = session.createConsumer(queue)) {
      for (int i = 0; i < 3_000; i++) {
        assertThat(consumer.receive(60_000).getJMSCorrelationID()).isEqualTo("m-1");
      }
    }
  }

  @Test
  void whileTheBrokerIsAway_callsFailInTime_andCloseIsQuick() throws Exception {
    JmsConfig config =
        new JmsConfig(
            broker.url(),
            "gateway",
            BrokerProcess.GATEWAY_PASSWORD,
            Duration.ofMillis(1_500),
            Duration.ofSeconds(4));
    JmsBridge bridge = JmsBridge.open(config, "node");
    bridge.consumeDownlink("n1", Recorder.done());
    broker.kill();
    await().untilAsserted(() -> assertThat(bridge.connected()).isFalse());

    assertThatThrownBy(
            () -> bridge.command(new Command.Kick(UUID.randomUUID(), "r", "op", Optional.empty())))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessageContaining(broker.url());
    long start = System.nanoTime();
    bridge.close();
    bridge.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    assertThatThrownBy(() -> bridge.command(new Command.BansChanged()))
        .isInstanceOf(BrokerUnavailableException.class);
  }

  @Test
  void open_saysInOneLineWhatIsWrong() throws Exception {
    assertThatThrownBy(() -> JmsBridge.open(as(broker.url(), "wrong"), "node"))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessage(
            "broker %s is not available: user 'gateway' or its password is refused", broker.url());
    broker.kill();
    assertThatThrownBy(() -> JmsBridge.open(as(broker.url(), "secret"), "node"))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessage(
            "broker %s is not available: no broker accepts connections there", broker.url());
    assertThatThrownBy(() -> JmsBridge.open(as("nonsense", "secret"), "node"))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessageContaining("nonsense");
  }

  @Test
  void open_onAPortThatNeverAnswers_failsInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "tcp://127.0.0.1:" + silent.getLocalPort();
      long start = System.nanoTime();

      assertThatThrownBy(() -> JmsBridge.open(as(url + "?password=hidden", "secret"), "node"))
          .isInstanceOf(BrokerUnavailableException.class)
          .hasMessageContaining(url)
          .hasMessageNotContaining("hidden");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
  }

  private static JmsConfig as(String url, String password) {
    return new JmsConfig(
        url, "gateway", password, Duration.ofMillis(1_500), Duration.ofSeconds(10));
  }

  private static Receipt delivered(DownlinkMessage message) {
    return new Receipt(
        UUID.randomUUID().toString(),
        message.id(),
        Receipt.Status.DELIVERED,
        Optional.of("bob"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.ofEpochMilli(5),
        "",
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }
}
