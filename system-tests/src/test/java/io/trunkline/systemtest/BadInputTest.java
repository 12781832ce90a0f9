package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trunkline.gateway.auth.DevelopmentKey;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.systemtest.installation.Distribution;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running gateway does with nonsense, while another client goes on as if nothing was. */
@ArquillianTest
@RunAsClient
class BadInputTest {
  private static final byte[] MALFORMED = {5, -1, -1, -1, -1, -1};
  private static final byte[] NO_VARINT = {-1, -1, -1, -1, -1, -1, -1, -1};
  private static final byte[] HUNDRED_MEGABYTES = {-128, -62, -41, 47};

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private Installation installation;
  private HealthyClient healthy;

  @BeforeEach
  void start() throws Exception {
    installation = SharedInstallation.started(controller);
    healthy = new HealthyClient(installation, "healthy");
  }

  @AfterEach
  void nobodyElseIsDisturbed_nothingLeaks() throws Exception {
    try (HealthyClient client = healthy) {
      client.isUndisturbed();
      // A lost buffer is reported after a collection, with one of the next allocations.
      try (Program collect =
          Program.start(
              installation.folder(),
              "gc",
              List.of(
                  Distribution.javaProgram("jcmd"), Long.toString(installation.pid()), "GC.run"))) {
        assertThat(collect.awaitExit(Duration.ofSeconds(20))).isZero();
      }
      client.isUndisturbed();
    }
    assertThat(installation.log()).doesNotContain("LEAK:").doesNotContain("ERROR");
  }

  @Test
  void garbage_isMalformed() throws Exception {
    for (byte[] garbage : List.of(MALFORMED, NO_VARINT)) {
      try (RawClient client = new RawClient(installation)) {
        client.send(garbage);

        client.isRefused(CloseCode.MALFORMED_FRAME);
      }
    }
    assertThat(installation.log()).contains("MALFORMED_FRAME");
  }

  @Test
  void firstFrameIsNotHello_isToldSo() throws Exception {
    try (RawClient client = new RawClient(installation)) {
      client.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(42)).build());

      client.isRefused(CloseCode.HELLO_EXPECTED);
    }
  }

  @Test
  void oversizedLength_isRefusedBeforeTheBodyComes() throws Exception {
    try (RawClient client = new RawClient(installation)) {
      client.send(HUNDRED_MEGABYTES);

      client.isRefused(CloseCode.FRAME_TOO_LARGE);
    }
  }

  @Test
  void oversizedFrameOfASession_endsIt() throws Exception {
    try (RawClient client = new RawClient(installation)) {
      client.sendHello(installation.token("large"));
      client.isWelcomed();
      client.send(HUNDRED_MEGABYTES);

      client.isRefused(CloseCode.FRAME_TOO_LARGE);
    }
  }

  @Test
  void expiredToken_isToldSo() throws Exception {
    try (RawClient client = new RawClient(installation)) {
      client.sendHello(installation.token("late", Map.of(), Duration.ofHours(-1)));

      client.isRefused(CloseCode.TOKEN_EXPIRED);
    }
  }

  @Test
  void forgedToken_isInvalid(@TempDir Path forger) throws Exception {
    DevelopmentKey.create(forger);
    String signedByAnother =
        DevelopmentKey.read(forger)
            .sign("mallory", Optional.empty(), Map.of(), Duration.ofHours(1));
    String[] parts = installation.token("alice").split("\\.", -1);
    String unsigned = parts[0] + "." + parts[1] + ".";
    for (String token : List.of(signedByAnother, unsigned, "nonsense")) {
      try (RawClient client = new RawClient(installation)) {
        client.sendHello(token);

        client.isRefused(CloseCode.TOKEN_INVALID);
      }
    }
  }

  @Test
  void silence_endsWithTheHandshakeTimeout_evenIfBytesDrip() throws Exception {
    try (RawClient silent = new RawClient(installation);
        RawClient dripping = new RawClient(installation)) {
      dripping.send((byte) 100);
      dripping.send((byte) 1);

      silent.isRefused(CloseCode.HANDSHAKE_TIMEOUT);
      dripping.isRefused(CloseCode.HANDSHAKE_TIMEOUT);
    }
    assertThat(installation.log()).contains("HANDSHAKE_TIMEOUT");
  }

  @Test
  void plainHttp_isABadRequest() throws Exception {
    try (RawClient client = new RawClient(installation)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void jmsMessageThatIsNotUnderstood_isKeptWithTheReason() throws Exception {
    try (JmsClient jms = new JmsClient(installation)) {
      Message unknown = jms.context().createTextMessage("x");
      unknown.setStringProperty("tl_usr", "alice");
      isRejected(jms, unknown, "UNKNOWN_PROPERTY", "tl_usr");

      Message number = jms.context().createTextMessage("x");
      number.setIntProperty("tl_user", 7);
      isRejected(jms, number, "INVALID_PROPERTY", "tl_user");

      Message maybe = jms.context().createTextMessage("x");
      maybe.setStringProperty("tl_expect", "maybe");
      isRejected(jms, maybe, "INVALID_PROPERTY", "tl_expect");

      Message two = jms.context().createTextMessage("x");
      two.setStringProperty("tl_user", "alice");
      two.setStringProperty("tl_topic", "news");
      isRejected(jms, two, "CONFLICTING_TARGETS", "only one");

      isRejected(jms, jms.context().createMapMessage(), "UNSUPPORTED_BODY", "TextMessage");
    }
    assertThat(installation.log()).contains("rejected").contains("UNKNOWN_PROPERTY");
  }

  @Test
  void secondRunOnTheSameData_isRefused() throws Exception {
    assertThat(RefusedStart.says(installation.folder(), installation.data()))
        .contains(installation.data().toString(), "in use");
  }

  private static void isRejected(JmsClient jms, Message message, String code, String reason)
      throws JMSException {
    String id = jms.publish(message);

    JsonObject receipt = jms.awaitReceipt();
    assertThat(Listener.text(receipt, "status")).isEqualTo("REJECTED");
    assertThat(Listener.text(receipt, "detail")).contains(reason);
    Message kept = jms.awaitRejected(id);
    assertThat(kept.getStringProperty("tl_reject_code")).isEqualTo(code);
    assertThat(kept.getStringProperty("tl_reject_reason")).contains(reason);
  }
}
