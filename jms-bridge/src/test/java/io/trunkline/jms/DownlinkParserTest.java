package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownlinkParserTest {
  private static final String SESSION = "0b5f0a52-1a70-4d3e-8f1e-4a1a9b2c3d4e";
  private static final DownlinkParser PARSER = new DownlinkParser(16, "gateway");
  private static BrokerProcess broker;
  private static Erp erp;
  private static Session session;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
    erp = new Erp(broker);
    session = erp.session;
  }

  @AfterAll
  static void stop() {
    erp.close();
    broker.close();
  }

  @Test
  void plainText_isABroadcastWithDefaults() throws Exception {
    Message message = erp.text("grüße");
    message.setJMSMessageID("ID:1");
    message.setJMSTimestamp(1_000);

    DownlinkMessage parsed = understood(message);

    assertThat(parsed.id()).isEqualTo("ID:1");
    assertThat(parsed.target()).isEqualTo(new Target.Everyone());
    assertThat(parsed.expect()).isEqualTo(Expect.NONE);
    assertThat(parsed.type()).isEmpty();
    assertThat(parsed.contentType()).isEqualTo("text/plain; charset=utf-8");
    assertThat(parsed.payload()).asString().isEqualTo("grüße");
    assertThat(parsed.publishedAt()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(parsed.expiresAt()).isEmpty();
    assertThat(parsed.routed()).isFalse();
  }

  @Test
  void bytes_areHandedOnAsTheyAre() throws Exception {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(new byte[] {0, -1, 7});
    message.reset();

    DownlinkMessage parsed = understood(message);

    assertThat(parsed.payload()).containsExactly(0, -1, 7);
    assertThat(parsed.contentType()).isEqualTo("application/octet-stream");
    assertThat(parsed.id()).isNotEmpty();
  }

  @Test
  void targets() throws Exception {
    assertThat(understood(erp.text("", "tl_user", "a", "tl_device", "d")).target())
        .isEqualTo(new Target.User("a", Optional.of("d")));
    assertThat(understood(erp.text("", "tl_topic", "t")).target()).isEqualTo(new Target.Topic("t"));
    assertThat(understood(erp.text("", "tl_audience", "x = 1")).target())
        .isEqualTo(new Target.Audience("x = 1"));
    assertThat(understood(erp.text("", "tl_session", SESSION)).target())
        .isInstanceOf(Target.OneSession.class);
    assertThat(understood(erp.text("", "tl_key", "k", "tl_expect", "reply")).expect())
        .isEqualTo(Expect.REPLY);
  }

  @Test
  void forwardedCopy_keepsIdAndTimeOfTheOriginal() throws Exception {
    DownlinkMessage parsed =
        understood(
            erp.text("", "tl_node", "n1", "tl_origin_id", "ID:first", "tl_published", "5000"));

    assertThat(parsed.id()).isEqualTo("ID:first");
    assertThat(parsed.publishedAt()).isEqualTo(Instant.ofEpochSecond(5));
    assertThat(parsed.routed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "tl_usr, alice, UNKNOWN_PROPERTY",
    "tl_reject_code, X, UNKNOWN_PROPERTY",
    "tl_device, d, INVALID_PROPERTY",
    "tl_session, not-a-uuid, INVALID_PROPERTY",
    "tl_session, 1-1-1-1-1, INVALID_PROPERTY",
    "tl_expect, maybe, INVALID_PROPERTY",
    "tl_expect, ACK, INVALID_PROPERTY",
    "tl_user, '', INVALID_PROPERTY",
    "tl_origin_id, forged, INVALID_PROPERTY",
    "tl_published, 1, INVALID_PROPERTY",
    "tl_audience, platform = , INVALID_SELECTOR",
    "tl_audience, XPATH 'a', INVALID_SELECTOR",
  })
  void badProperty_isRefused(String name, String value, RejectCode code) throws Exception {
    assertThat(refused(erp.text("x", name, value)).code()).isEqualTo(code);
  }

  @Test
  void selectorThatDoesNotParse_isRefusedWithThePlace() throws Exception {
    Reject reject = refused(erp.text("x", "tl_audience", "platform = 'ios' nonsense"));

    assertThat(reject.code()).isEqualTo(RejectCode.INVALID_SELECTOR);
    assertThat(reject.reason())
        .isEqualTo("tl_audience, at character 18: nonsense is not expected here");
  }

  @Test
  void wrongType_isRefusedByName() throws Exception {
    Message message = erp.text("x");
    message.setIntProperty("tl_user", 7);

    Reject reject = refused(message);

    assertThat(reject.code()).isEqualTo(RejectCode.INVALID_PROPERTY);
    assertThat(reject.reason()).contains("tl_user").contains("Integer");
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 129})
  void nameLength_isBounded(int length) throws Exception {
    var parsed = PARSER.parse(erp.text("x", "tl_user", "u".repeat(length)));

    assertThat(parsed instanceof DownlinkParser.Parsed.Understood).isEqualTo(length <= 128);
  }

  @Test
  void controlCharacters_areRefused() throws Exception {
    assertThat(refused(erp.text("x", "tl_user", "a\nforged log line")).code())
        .isEqualTo(RejectCode.INVALID_PROPERTY);
  }

  @Test
  void twoTargets_conflict() throws Exception {
    assertThat(refused(erp.text("x", "tl_user", "a", "tl_topic", "t")).code())
        .isEqualTo(RejectCode.CONFLICTING_TARGETS);
    assertThat(refused(erp.text("x", "tl_session", SESSION, "tl_user", "a")).code())
        .isEqualTo(RejectCode.CONFLICTING_TARGETS);
  }

  @Test
  void otherBodies_areRefused() throws Exception {
    for (Message message :
        new Message[] {
          session.createMapMessage(),
          session.createObjectMessage("x"),
          session.createStreamMessage(),
          session.createMessage()
        }) {
      assertThat(refused(message).code()).isEqualTo(RejectCode.UNSUPPORTED_BODY);
    }
  }

  @Test
  void bodySize_countsBytesNotCharacters() throws Exception {
    assertThat(understood(erp.text("x".repeat(16))).payload()).hasSize(16);
    assertThat(refused(erp.text("x".repeat(17))).code()).isEqualTo(RejectCode.TOO_LARGE);
    assertThat(refused(erp.text("ü".repeat(9))).code()).isEqualTo(RejectCode.TOO_LARGE);
    BytesMessage bytes = session.createBytesMessage();
    bytes.writeBytes(new byte[17]);
    bytes.reset();
    assertThat(refused(bytes).code()).isEqualTo(RejectCode.TOO_LARGE);
  }

  @Test
  void replyTo_mustNotBeOneOfTheGatewaysOwnDestinations() throws Exception {
    Message message = erp.text("x");
    message.setJMSReplyTo(session.createTopic(Destinations.DOWNLINK));
    assertThat(refused(message).code()).isEqualTo(RejectCode.INVALID_REPLY_TO);
    message.setJMSReplyTo(session.createQueue("activemq.management"));
    assertThat(refused(message).code()).isEqualTo(RejectCode.INVALID_REPLY_TO);
    message.setJMSReplyTo(erp.receipts);
    assertThat(understood(message).replyAddress().orElseThrow()).startsWith("temp-queue://");
  }

  private static DownlinkMessage understood(Message message) {
    return switch (PARSER.parse(message)) {
      case DownlinkParser.Parsed.Understood(DownlinkMessage parsed) -> parsed;
      case DownlinkParser.Parsed.Refused(Reject reject) ->
          throw new AssertionError(reject.reason());
    };
  }

  private static Reject refused(Message message) {
    return switch (PARSER.parse(message)) {
      case DownlinkParser.Parsed.Understood _ -> throw new AssertionError("it was understood");
      case DownlinkParser.Parsed.Refused(Reject reject) -> reject;
    };
  }
}
