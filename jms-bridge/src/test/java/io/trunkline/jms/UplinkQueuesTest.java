package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trunkline.jms.UplinkQueues.Outcome;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls through queues, and back ends that answer well, badly, twice, late or never. */
class UplinkQueuesTest {
  private static final long WAIT_MS = 10_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private static BrokerProcess broker;

  /** Another one for each test: what one leaves behind is none of the next one's. */
  private final String queue = "trunkline.uplink." + UUID.randomUUID();

  private JmsBridge bridge;
  private UplinkQueues queues;

  @BeforeAll
  static void startBroker(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void start() throws Exception {
    bridge = JmsBridge.open(broker.config(), "node");
    queues = bridge.uplinkQueues();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    bridge.close();
  }

  /** A back end that does with each request what a test wants. */
  private final class BackEnd implements AutoCloseable {
    private final ActiveMQConnectionFactory factory;
    private final Connection connection;
    private final CountDownLatch disconnected = new CountDownLatch(1);
    final Session session;
    private final MessageConsumer consumer;
    private final MessageProducer producer;

    BackEnd() throws JMSException {
      factory = new ActiveMQConnectionFactory(broker.url());
      connection = factory.createConnection("backend", BrokerProcess.BACK_END_PASSWORD);
      connection.setExceptionListener(_ -> disconnected.countDown());
      connection.start();
      session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      consumer = session.createConsumer(session.createQueue(queue));
      producer = session.createProducer(null);
    }

    Message next() throws JMSException {
      Message request = consumer.receive(WAIT_MS);
      assertThat(request).as("a request").isNotNull();
      return request;
    }

    void reply(Message request, Message reply, String... properties) throws JMSException {
      for (int i = 0; i < properties.length; i += 2) {
        reply.setStringProperty(properties[i], properties[i + 1]);
      }
      reply.setJMSCorrelationID(request.getJMSCorrelationID());
      producer.send(request.getJMSReplyTo(), reply);
    }

    TextMessage text(String body) throws JMSException {
      return session.createTextMessage(body);
    }

    /** Who closes a connection before it knows waits half a minute for the dead broker's answer. */
    void awaitDisconnected() throws InterruptedException {
      assertThat(disconnected.await(WAIT_MS, TimeUnit.MILLISECONDS)).isTrue();
    }

    @Override
    public void close() {
      Connector.closeQuietly(connection);
      factory.close();
    }
  }

  private UplinkQueues.Request request(String contentType, String body, Duration time) {
    return request(queue, contentType, body, time);
  }

  private static UplinkQueues.Request request(
      String to, String contentType, String body, Duration time) {
    return new UplinkQueues.Request(
        to,
        "stock",
        "get",
        contentType,
        body.getBytes(StandardCharsets.UTF_8),
        Map.of("tl_user", "alice", "traceparent", "00-a-b-01"),
        System.nanoTime() + time.toNanos());
  }

  private Future<Outcome> call(UplinkQueues.Request request) {
    return threads.submit(() -> queues.call(request));
  }

  private Future<Outcome> call(String body) {
    return call(request("application/json", body, Duration.ofSeconds(30)));
  }

  private static String text(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Reply.class);
    return new String(((Outcome.Reply) outcome).body(), StandardCharsets.UTF_8);
  }

  @Test
  void request_saysAllThatABackEndNeeds_andTheReplyComesBack() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      long before = System.currentTimeMillis();
      Future<Outcome> call = call("{\"é\":1}");

      Message request = stock.next();
      assertThat(((TextMessage) request).getText()).isEqualTo("{\"é\":1}");
      assertThat(request.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
      assertThat(request.getJMSReplyTo()).isInstanceOf(TemporaryQueue.class);
      assertThat(request.getJMSExpiration()).isBetween(before + 20_000, before + 40_000);
      assertThat(request.getStringProperty("tl_service")).isEqualTo("stock");
      assertThat(request.getStringProperty("tl_method")).isEqualTo("get");
      assertThat(request.getStringProperty("tl_content_type")).isEqualTo("application/json");
      assertThat(request.getLongProperty("tl_deadline_ms")).isBetween(1L, 30_000L);
      assertThat(request.getStringProperty("tl_user")).isEqualTo("alice");
      assertThat(request.getStringProperty("traceparent")).isEqualTo("00-a-b-01");
      stock.reply(
          request,
          stock.text("busy"),
          "tl_status",
          "BUSY",
          "tl_message",
          "later",
          "tl_content_type",
          "text/plain",
          "tl_retry_after_ms",
          "1500");

      assertThat(text(call.get())).isEqualTo("busy");
      var reply = (Outcome.Reply) call.get();
      assertThat(reply.status()).isEqualTo("BUSY");
      assertThat(reply.message()).isEqualTo("later");
      assertThat(reply.contentType()).isEqualTo("text/plain");
      assertThat(reply.retryAfter()).isEqualTo(Duration.ofMillis(1500));
      awaitCounts(new UplinkQueues.Counts(1, 1, 0, 0));
    }
  }

  @Test
  void bytes_goAndComeAsBytes() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> call = call(request("application/x-protobuf", "abc", Duration.ofSeconds(30)));
      Message request = stock.next();
      assertThat(((BytesMessage) request).getBodyLength()).isEqualTo(3);
      BytesMessage reply = stock.session.createBytesMessage();
      reply.writeBytes(new byte[] {'x', 'y'});
      stock.reply(request, reply);

      assertThat(text(call.get())).isEqualTo("xy");
      var answered = (Outcome.Reply) call.get();
      assertThat(answered.status()).isEmpty();
      assertThat(answered.contentType()).isEqualTo("application/octet-stream");
    }
  }

  @Test
  void secondAndUnknownReplies_areCountedAndDropped() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> first = call("1");
      Message request = stock.next();
      stock.reply(request, stock.text("one"));
      stock.reply(request, stock.text("two"));
      TextMessage unasked = stock.text("three");
      unasked.setJMSCorrelationID("nobody's");
      stock.producer.send(request.getJMSReplyTo(), unasked);
      assertThat(text(first.get())).isEqualTo("one");

      Future<Outcome> second = call("2");
      stock.reply(stock.next(), stock.text("four"));

      assertThat(text(second.get())).isEqualTo("four");
      awaitCounts(new UplinkQueues.Counts(2, 2, 2, 0));
    }
  }

  @Test
  void replyAfterItsCallerHasGone_isDropped() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> call = call("1");
      Message request = stock.next();
      call.cancel(/* mayInterruptIfRunning= */ true);
      await().until(() -> queues.counts().outstanding() == 0);

      stock.reply(request, stock.text("too late"));

      await().until(() -> queues.counts().strayReplies() == 1);
    }
  }

  @Test
  void requestThatNobodyTakes_isLate_andLeavesNothingBehind() throws Exception {
    Outcome outcome = queues.call(request("text/plain", "1", Duration.ofMillis(300)));

    assertThat(outcome).isInstanceOf(Outcome.Late.class);
    try (BackEnd stock = new BackEnd()) {
      assertThat(stock.consumer.receive(500)).as("expired").isNull();
    }
    var factory = new ActiveMQConnectionFactory(broker.url());
    try (factory;
        Connection gateway = factory.createConnection("gateway", BrokerProcess.GATEWAY_PASSWORD);
        Session session = gateway.createSession(Session.AUTO_ACKNOWLEDGE);
        QueueBrowser expired = session.createBrowser(session.createQueue("trunkline.expired"))) {
      gateway.start();
      assertThat(expired.getEnumeration().hasMoreElements()).isFalse();
    }
  }

  @Test
  void replyThatIsTooLargeOrNoText_isUnreadable() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> large = call("1");
      stock.reply(stock.next(), stock.text("x".repeat((1 << 20) + 1)));
      assertThat(large.get()).isInstanceOf(Outcome.Unreadable.class);

      Future<Outcome> map = call("2");
      stock.reply(stock.next(), stock.session.createMapMessage());
      assertThat(map.get()).isInstanceOf(Outcome.Unreadable.class);

      Future<Outcome> empty = call("3");
      stock.reply(stock.next(), stock.session.createMessage());
      assertThat(text(empty.get())).isEmpty();
    }
  }

  @Test
  void queueThatIsNotThere_isNotSent_andSpoilsNoOtherCall() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> wrong = call(request("nowhere", "text/plain", "1", Duration.ofSeconds(30)));
      Future<Outcome> right = call("2");
      stock.reply(stock.next(), stock.text("ok"));

      assertThat(wrong.get()).isInstanceOf(Outcome.NotSent.class);
      assertThat(text(right.get())).isEqualTo("ok");
    }
  }

  @Test
  void brokerThatDies_endsCallsUnderWay_longBeforeTheirDeadline_andTheNextAtOnce()
      throws Exception {
    Future<Outcome> call;
    try (BackEnd stock = new BackEnd()) {
      call = call(request("text/plain", "1", Duration.ofMinutes(10)));
      stock.next();
      broker.kill();
      stock.awaitDisconnected();
    }

    assertThat(call.get()).isInstanceOf(Outcome.Lost.class);
    await().until(() -> !bridge.connected());
    assertThat(queues.call(request("text/plain", "2", Duration.ofMinutes(10))))
        .isInstanceOf(Outcome.NotSent.class);

    broker.startAgain();
    await().atMost(Duration.ofSeconds(60)).until(bridge::connected);
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> again = call("3");
      stock.reply(stock.next(), stock.text("back"));
      assertThat(text(again.get())).isEqualTo("back");
    }
  }

  @Test
  void closedBridge_endsItsCalls() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Future<Outcome> call = call(request("text/plain", "1", Duration.ofMinutes(10)));
      stock.next();

      bridge.close();

      assertThat(call.get()).isInstanceOf(Outcome.Lost.class);
    }
  }

  @Test
  void manyCalls_eachGetItsOwnReply() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      Map<Integer, Future<Outcome>> calls = new java.util.HashMap<>();
      for (int i = 0; i < 500; i++) {
        calls.put(i, call(Integer.toString(i)));
      }
      for (int i = 0; i < 500; i++) {
        TextMessage request = (TextMessage) stock.next();
        stock.reply(request, stock.text("re " + request.getText()));
      }
      for (Map.Entry<Integer, Future<Outcome>> call : calls.entrySet()) {
        assertThat(text(call.getValue().get())).isEqualTo("re " + call.getKey());
      }
      awaitCounts(new UplinkQueues.Counts(500, 500, 0, 0));
    }
  }

  @Test
  void backEndsUser_mayAnswerCalls_andNothingElse() throws Exception {
    try (BackEnd stock = new BackEnd()) {
      assertThatThrownBy(
              () ->
                  stock.producer.send(
                      stock.session.createTopic(Destinations.DOWNLINK), stock.text("forged")))
          .isInstanceOf(JMSException.class);
      assertThatThrownBy(
              () -> stock.session.createConsumer(stock.session.createTopic(Destinations.EVENTS)))
          .isInstanceOf(JMSException.class);
      assertThatThrownBy(
              () ->
                  stock.producer.send(
                      stock.session.createQueue("trunkline.uplink.other"), stock.text("forged")))
          .isInstanceOf(JMSException.class);
    }
    try (Erp publisher = new Erp(broker)) {
      assertThatThrownBy(
              () -> publisher.session.createConsumer(publisher.session.createQueue(queue)))
          .isInstanceOf(JMSException.class);
    }
  }

  /** A caller may know of its outcome before it is counted. */
  private void awaitCounts(UplinkQueues.Counts expected) {
    await().untilAsserted(() -> assertThat(queues.counts()).isEqualTo(expected));
  }
}
