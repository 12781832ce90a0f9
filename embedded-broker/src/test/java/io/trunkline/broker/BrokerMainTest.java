package io.trunkline.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real process, as the launcher starts it. */
class BrokerMainTest {
  /** Until a process ends that must; a JVM beside other tests' takes its time to start. */
  private static final int PATIENCE_S = 60;

  private final List<Process> started = new ArrayList<>();
  private @TempDir Path folder;
  private int port;

  @BeforeEach
  void users() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.createFile(
        folder.resolve("users"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(folder.resolve("users"), "gateway=g\nconsole=c\npublisher=p\n");
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void secondStartOnTheSameData_keepsADurableMessage() throws Exception {
    Process first = ready(launch());
    try (Client gateway = new Client("gateway", "g")) {
      gateway.session.createQueue(
          QueueConfiguration.of("kept")
              .setAddress(Addresses.DOWNLINK)
              .setRoutingType(RoutingType.MULTICAST));
      gateway.send(Addresses.DOWNLINK, "durable");
    }

    first.getOutputStream().close();

    assertThat(first.waitFor(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isZero();
    assertThat(first.inputReader().readLine()).as("nothing after ready").isNull();
    ready(launch());
    try (Client gateway = new Client("gateway", "g")) {
      assertThat(gateway.receive("kept")).isEqualTo("durable");
    }
  }

  @Test
  void receiptsInAPublishersOwnQueue_outliveTheBroker() throws Exception {
    Process first = ready(launch());
    try (Client publisher = new Client("publisher", "p");
        Client gateway = new Client("gateway", "g");
        Client console = new Client("console", "c")) {
      publisher.durableQueue("receipts.erp");
      gateway.send("receipts.erp", "delivered");
      refused(() -> publisher.durableQueue("trunkline.receipts"));
      refused(() -> publisher.durableQueue("erp"));
      refused(() -> publisher.send("receipts.erp", "forged"));
      refused(() -> console.durableQueue("receipts.console"));
      refused(() -> console.session.createConsumer("receipts.erp"));
    }

    first.destroyForcibly().waitFor();

    ready(launch());
    try (Client publisher = new Client("publisher", "p")) {
      assertThat(publisher.receive("receipts.erp")).isEqualTo("delivered");
    }
  }

  @Test
  void sigterm_stopsInOrder() throws Exception {
    Process process = ready(launch());

    // Process.destroy() would also end its standard input.
    process.toHandle().destroy();

    assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    // The lock is free and the journal whole.
    ready(launch());
  }

  @Test
  void onlyKnownUsersComeIn() throws Exception {
    ready(launch());

    for (String[] wrong :
        new String[][] {
          {"gateway", "x"},
          {"guest", "guest"},
          {null, null},
          {"ACTIVEMQ.CLUSTER.ADMIN.USER", "CHANGE ME!!"}
        }) {
      assertThatThrownBy(() -> new Client(wrong[0], wrong[1]).close())
          .as("%s", wrong[0])
          .isInstanceOf(ActiveMQSecurityException.class);
    }
  }

  @Test
  void rolesEndWhereTheyShould() throws Exception {
    ready(launch());

    try (Client publisher = new Client("publisher", "p");
        Client console = new Client("console", "c")) {
      publisher.send(Addresses.DOWNLINK, "may");
      publisher.subscribe(Addresses.EVENTS, /* durable= */ true);
      publisher.session.createConsumer(Addresses.REJECTED).close();
      publisher.temporaryQueue();
      refused(() -> publisher.subscribe(Addresses.CONTROL, /* durable= */ false));
      refused(() -> publisher.subscribe(Addresses.DOWNLINK, /* durable= */ false));
      refused(() -> publisher.send(Addresses.CONTROL, "kick everybody"));
      refused(() -> publisher.send(Addresses.EVENTS, "forged"));
      refused(() -> publisher.send(Addresses.REJECTED, "forged"));
      refused(() -> publisher.send("activemq.management", "stop"));
      refused(() -> publisher.session.createConsumer(Addresses.DEAD_LETTERS));

      console.send(Addresses.DOWNLINK, "may");
      console.send(Addresses.CONTROL, "may");
      console.subscribe(Addresses.CONTROL, /* durable= */ false);
      console.subscribe(Addresses.EVENTS, /* durable= */ false);
      console.temporaryQueue();
      refused(() -> console.subscribe(Addresses.EVENTS, /* durable= */ true));
      refused(() -> console.subscribe(Addresses.DOWNLINK, /* durable= */ false));
      refused(() -> console.session.createConsumer(Addresses.REJECTED));
    }
  }

  @Test
  void portInUse_isOneLineAndExitCode2() throws Exception {
    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(failure(launch()))
          .contains("127.0.0.1:" + other.getLocalPort())
          .contains("Address already in use");
    }
  }

  @Test
  void dataInUse_isOneLineAndExitCode2() throws Exception {
    ready(launch());

    assertThat(failure(launch())).contains("data").contains("in use by another process");
  }

  @Test
  void usersThatOthersCanRead_areRefused() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("users"), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(failure(launch())).contains("can be read by others");
  }

  @Test
  void damagedJournal_isExitCode2() throws Exception {
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("data/bindings"), "a file where a folder should be");

    Process process = launch();

    assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(process.inputReader().readLine()).isNull();
    assertThat(process.errorReader().readAllAsString()).contains("broker: cannot start");
  }

  private Process launch() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.trunkline.broker.BrokerMain",
                "--data",
                folder.resolve("data").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--users",
                folder.resolve("users").toString())
            .start();
    started.add(process);
    return process;
  }

  private static Process ready(Process process) throws IOException {
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private static String failure(Process process) throws Exception {
    assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
    List<String> lines = process.errorReader().lines().toList();
    assertThat(lines).hasSize(1);
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(process.inputReader().readLine()).isNull();
    return lines.getFirst();
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
    assertThatThrownBy(action).isInstanceOf(ActiveMQSecurityException.class);
  }

  private final class Client implements AutoCloseable {
    private final ServerLocator locator;
    private final ClientSessionFactory factory;
    private final ClientSession session;
    private int queues;

    Client(String user, String password) throws Exception {
      locator = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + port);
      locator.setBlockOnNonDurableSend(true);
      factory = locator.createSessionFactory();
      try {
        session =
            factory.createSession(user, password, false, true, true, locator.isPreAcknowledge(), 0);
        session.start();
      } catch (ActiveMQException e) {
        locator.close();
        throw e;
      }
    }

    void send(String address, String body) throws ActiveMQException {
      try (ClientProducer producer = session.createProducer(address)) {
        ClientMessage message = session.createMessage(/* durable= */ true);
        message.getBodyBuffer().writeString(body);
        producer.send(message);
      }
    }

    String receive(String queue) throws ActiveMQException {
      try (ClientConsumer consumer = session.createConsumer(queue)) {
        return consumer.receive(5_000).getBodyBuffer().readString();
      }
    }

    void subscribe(String address, boolean durable) throws ActiveMQException {
      String queue = address + "-" + System.identityHashCode(this) + "-" + queues++;
      session.createQueue(
          QueueConfiguration.of(queue)
              .setAddress(address)
              .setRoutingType(RoutingType.MULTICAST)
              .setDurable(durable)
              .setTemporary(!durable));
      session.createConsumer(queue).close();
    }

    void durableQueue(String name) throws ActiveMQException {
      session.createQueue(
          QueueConfiguration.of(name).setRoutingType(RoutingType.ANYCAST).setDurable(true));
    }

    void temporaryQueue() throws ActiveMQException {
      String queue = java.util.UUID.randomUUID().toString();
      session.createQueue(
          QueueConfiguration.of(queue)
              .setRoutingType(RoutingType.ANYCAST)
              .setDurable(false)
              .setTemporary(true));
      session.createConsumer(queue).close();
      session.deleteQueue(queue);
    }

    @Override
    public void close() {
      locator.close();
    }
  }
}
