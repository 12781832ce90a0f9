package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The texts are contracts: these lines change only together with the documents. */
class JsonTest {
  @Test
  void receipt_withTextPayload() {
    String json =
        ReceiptJson.write(receipt("text/plain", "grüße".getBytes(StandardCharsets.UTF_8)));

    assertThat(json)
        .isEqualTo(
            "{\"receipt_id\":\"r\",\"message_id\":\"m\",\"status\":\"REPLIED\",\"user\":\"u\","
                + "\"at\":\"2026-01-02T03:04:05.000Z\",\"detail\":\"why\","
                + "\"content_type\":\"text/plain\",\"payload\":\"grüße\",\"counts\":{\"sent\":2}}");
    assertThat(ReceiptJson.read(json).payload().orElseThrow()).asString().isEqualTo("grüße");
    assertThat(ReceiptJson.read(json).counts()).containsExactly(Map.entry("sent", 2L));
  }

  @Test
  void receipt_withBytes_orTextThatIsNone_isBase64() {
    byte[] bytes = {-1, 0, 1};

    for (String type : new String[] {"application/octet-stream", "text/plain"}) {
      String json = ReceiptJson.write(receipt(type, bytes));

      assertThat(json).contains("\"payload_base64\":\"/wAB\"").doesNotContain("\"payload\"");
      assertThat(ReceiptJson.read(json).payload().orElseThrow()).isEqualTo(bytes);
    }
  }

  @Test
  void command_roundTrip_andUnknownKind() {
    Command kick =
        new Command.Kick(UUID.randomUUID(), "r", "op", Optional.of(Duration.ofMillis(1_500)));

    Command letGo = new Command.LetGo(UUID.randomUUID(), 3, 4201, "r");

    assertThat(CommandJson.read(CommandJson.write(kick))).isEqualTo(kick);
    assertThat(CommandJson.read(CommandJson.write(letGo))).isEqualTo(letGo);
    var changed = new Command.NodeChanged("gw-2");
    assertThat(CommandJson.read(CommandJson.write(changed))).isEqualTo(changed);
    assertThat(CommandJson.read("{\"kind\":\"bans_changed\",\"more\":1}"))
        .isEqualTo(new Command.BansChanged());
    assertThatThrownBy(() -> CommandJson.read("{\"kind\":\"explode\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("explode");
    assertThatThrownBy(() -> CommandJson.read("nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void time_hasAllThreeDigits_inEverySecond() {
    for (long ms :
        new long[] {
          0, 7, 42, 999, 1_000, 1_001, -1, -1_000, 1_767_323_045_010L, 1, 59_999, 60_000
        }) {
      Instant at = Instant.ofEpochMilli(ms);

      assertThat(Json.time(at)).hasSize("1970-01-01T00:00:00.000Z".length());
      assertThat(Instant.parse(Json.time(at))).isEqualTo(at);
    }
  }

  @Test
  void event_roundTrip() {
    SessionEvent event =
        new SessionEvent(
            SessionEvent.Kind.DISCONNECTED,
            "s",
            "u",
            "d",
            "n",
            Instant.ofEpochMilli(1),
            Optional.of(4000),
            Optional.empty());

    assertThat(EventJson.write(event))
        .isEqualTo(
            "{\"event\":\"DISCONNECTED\",\"session\":\"s\",\"user\":\"u\",\"device\":\"d\","
                + "\"node\":\"n\",\"at\":\"1970-01-01T00:00:00.001Z\",\"code\":4000}");
    assertThat(EventJson.read(EventJson.write(event))).isEqualTo(event);
  }

  @Test
  void nodeIds_thatCouldBreakASelector_areRefused() {
    for (String bad : new String[] {"", "a'b", "a b", "*", "x".repeat(65), "ä"}) {
      assertThatThrownBy(() -> Subscription.own(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Subscription.own("A.z_0-9").name()).isEqualTo("node-A.z_0-9");
  }

  private static Receipt receipt(String contentType, byte[] payload) {
    return new Receipt(
        "r",
        "m",
        Receipt.Status.REPLIED,
        Optional.of("u"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.parse("2026-01-02T03:04:05Z"),
        "why",
        Optional.of(contentType),
        Optional.of(payload),
        Map.of("sent", 2L));
  }
}
