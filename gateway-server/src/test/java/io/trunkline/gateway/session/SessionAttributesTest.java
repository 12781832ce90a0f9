package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.persistence.SessionRow;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message reaches whom the count said: the node's memory and the database tell the same. */
class SessionAttributesTest {
  private static final UUID ID = UUID.randomUUID();
  private static final Instant START = Instant.parse("2026-03-02T12:00:00Z");
  private static final Map<String, String> ATTRIBUTES =
      Map.of("region", "east", "user", "somebody else", "empty", "");

  private static final SessionAttributes LIVE =
      new SessionAttributes(
          new SessionInfo(
              ID,
              "alice",
              "phone",
              "shop",
              "1.2",
              "",
              ATTRIBUTES,
              Map.of(),
              TopicGrants.NONE,
              "ws",
              "10.0.0.1:4000",
              START),
          SessionState.ACTIVE,
          "gw-1");

  private static final SessionRow STORED =
      new SessionRow(
          ID,
          1,
          "ACTIVE",
          "alice",
          "phone",
          "shop",
          "1.2",
          "",
          "ws",
          "10.0.0.1:4000",
          "gw-1",
          ATTRIBUTES,
          START,
          null,
          null);

  @ParameterizedTest
  @CsvSource(
      nullValues = "NULL",
      value = {
        "user, alice",
        "device, phone",
        "client_name, shop",
        "client_version, 1.2",
        "platform, NULL",
        "transport, ws",
        "remote_address, 10.0.0.1:4000",
        "node, gw-1",
        "state, ACTIVE",
        "region, east",
        "empty, ''",
        "User, NULL",
        "team, NULL",
        "id, NULL"
      })
  void bothSay(String name, String expected) {
    assertThat(LIVE.value(name)).isEqualTo(expected);
    assertThat(STORED.attribute(name)).isEqualTo(expected);
  }
}
