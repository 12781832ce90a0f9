package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.SessionPlace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Messages to users and sessions of three nodes, whichever of them takes the message first. */
@TestInstance(Lifecycle.PER_CLASS)
class ManyNodesTest {
  /** Enough for each node to be the one that resolves. */
  private static final int SOME = 12;

  private static final Map<String, String> SETTINGS =
      Map.of("node.lease", "3s", "downlink.route-life", "1m");

  private final HttpClient http = HttpClient.newHttpClient();
  private GatewayFixture fixture;
  private Gateway one;
  private Gateway two;
  private Gateway three;
  private Database database;
  private Erp erp;
  private String user;

  @BeforeAll
  void start() throws Exception {
    fixture = GatewayFixture.start(SETTINGS);
    one = fixture.gateway();
    two = fixture.startNode("gw-many-2", SETTINGS);
    three = fixture.startNode("gw-many-3", SETTINGS);
    database = Database.open(fixture.database());
    knowEachOther();
  }

  /** Until the first node has noticed that it is no longer alone, it asks nobody. */
  private void knowEachOther() throws Exception {
    try (Erp probe = new Erp(fixture);
        StreamClient _ = StreamClient.connect(one.clientAddress(), fixture.token("probe"), "d")) {
      await()
          .until(
              () -> {
                probe.publish(Message.to("probe", "x").passing());
                return counter(one, "places_asked") > 0;
              });
    }
  }

  @AfterAll
  void stop() {
    database.close();
    three.close();
    two.close();
    fixture.close();
  }

  @BeforeEach
  void newUser() throws Exception {
    user = "m-" + UUID.randomUUID();
    erp = new Erp(fixture);
  }

  @AfterEach
  void closeErp() {
    erp.close();
  }

  private StreamClient connect(Gateway node, String device) throws IOException {
    return connect(node, device, ByteString.EMPTY);
  }

  /** Returns when the database knows where the session is. */
  private StreamClient connect(Gateway node, String device, ByteString token) throws IOException {
    StreamClient client =
        StreamClient.connect(node.clientAddress(), fixture.token(user), device, token);
    UUID id = UUID.fromString(client.welcome().getSessionId());
    String at = client.welcome().getNodeId();
    await()
        .until(
            () ->
                database.sessions().places(Set.of(), Set.of(id)).stream()
                    .map(SessionPlace::node)
                    .anyMatch(at::equals));
    return client;
  }

  private List<String> publish(Message message, int count) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(erp.publish(message));
    }
    return ids;
  }

  private long counter(Gateway node, String name) throws Exception {
    String id = node.equals(one) ? fixture.node() : node.equals(two) ? "gw-many-2" : "gw-many-3";
    String text =
        http.send(
                HttpRequest.newBuilder(
                        URI.create("http://" + node.apiAddress() + "/observe/metrics"))
                    .header("Accept", "text/plain")
                    .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
                    .build(),
                BodyHandlers.ofString())
            .body();
    String start = "trunkline_downlink_" + name + "_total{";
    return text.lines()
        .filter(line -> line.startsWith(start) && line.contains("node=\"" + id + "\""))
        .map(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + start + " of " + id + " in " + text));
  }

  private long sum(String name) throws Exception {
    return counter(one, name) + counter(two, name) + counter(three, name);
  }

  @Test
  void passing_toAUserOnTwoNodes_reachesBothDevicesOnce_andNotTheThirdNode() throws Exception {
    try (StreamClient phone = connect(one, "phone");
        StreamClient desk = connect(two, "desk")) {
      long touchedBefore = counter(three, "from_own");
      long resolvedBefore = sum("from_shared");

      List<String> ids = publish(Message.to(user, "hello").passing().expecting(Expect.ACK), SOME);

      for (StreamClient each : List.of(phone, desk)) {
        List<String> got = new ArrayList<>();
        for (int i = 0; i < SOME; i++) {
          var notice = each.notice();
          got.add(notice.getMessageId());
          each.ack(notice);
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(ids);
      }
      // Each of the two nodes tells of its own sessions.
      for (String id : ids) {
        await().until(() -> erp.receiptsOf(id).size() == 2);
        assertThat(erp.receiptsOf(id)).extracting(Receipt::status).containsOnly(Status.DELIVERED);
      }
      assertThat(counter(three, "from_own")).isEqualTo(touchedBefore);
      assertThat(sum("from_shared")).isEqualTo(resolvedBefore + SOME);
    }
  }

  @Test
  void stored_forAUserOnTwoNodes_isAtBoth_andNotTheThirdNode() throws Exception {
    try (StreamClient phone = connect(one, "phone");
        StreamClient desk = connect(two, "desk")) {
      long touchedBefore = counter(three, "from_own");

      List<String> ids = publish(Message.to(user, "hello"), SOME);

      for (StreamClient each : List.of(phone, desk)) {
        List<String> got = new ArrayList<>();
        for (int i = 0; i < SOME; i++) {
          var notice = each.notice();
          got.add(notice.getMessageId());
          each.ack(notice);
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(ids);
      }
      assertThat(counter(three, "from_own")).isEqualTo(touchedBefore);
    }
  }

  @Test
  void passing_toASessionThatHasMoved_followsItFromTheNodeThatWasRemembered() throws Exception {
    try (StreamClient before = connect(two, "phone")) {
      Target session = new Target.OneSession(UUID.fromString(before.welcome().getSessionId()));
      publish(Message.to(session, "before").passing(), SOME);
      before.notices(SOME);
      long followed = sum("passed_on_again");
      long remembered = sum("places_remembered");

      try (StreamClient after = connect(three, "phone", before.welcome().getResumeToken())) {
        assertThat(after.welcome().getResumed()).isTrue();
        List<String> ids = publish(Message.to(session, "after").passing(), SOME);

        assertThat(after.notices(SOME))
            .extracting(notice -> notice.getMessageId())
            .containsExactlyInAnyOrderElementsOf(ids);
        for (String id : ids) {
          erp.receipt(id, Status.SENT);
          assertThat(erp.receiptsOf(id)).hasSize(1);
        }
        assertThat(sum("places_remembered")).isGreaterThan(remembered);
        assertThat(sum("passed_on_again")).isGreaterThan(followed);
      }
    }
  }

  @Test
  void stored_forADeviceThatHasMoved_isThereOnce() throws Exception {
    Target device = new Target.User(user, Optional.of("phone"));
    try (StreamClient before = connect(two, "phone")) {
      publish(Message.to(device, "before").passing(), SOME);
      before.notices(SOME);
      try (StreamClient after = connect(three, "phone", before.welcome().getResumeToken())) {
        List<String> ids = publish(Message.to(device, "after"), SOME);

        assertThat(after.notices(SOME))
            .extracting(notice -> notice.getMessageId())
            .containsExactlyInAnyOrderElementsOf(ids);
      }
    }
  }

  @Test
  void passing_toADeviceThatHasLeft_isSaidToBeUnknownOnce_thoughItIsRemembered() throws Exception {
    Target device = new Target.User(user, Optional.of("phone"));
    try (StreamClient phone = connect(two, "phone")) {
      publish(Message.to(device, "here").passing(), SOME);
      phone.notices(SOME);
    }
    await()
        .until(
            () ->
                database.sessions().places(Set.of(user), Set.of()).stream()
                    .noneMatch(SessionPlace::connected));

    List<String> ids = publish(Message.to(device, "gone").passing(), SOME);

    for (String id : ids) {
      erp.receipt(id, Status.UNKNOWN_USER);
    }
    assertThat(ids).allSatisfy(id -> assertThat(erp.receiptsOf(id)).hasSize(1));
  }

  @Test
  void passing_toAUserWhoComesBack_isNotTakenForUnknown() throws Exception {
    String first = erp.publish(Message.to(user, "nobody").passing());
    erp.receipt(first, Status.UNKNOWN_USER);

    try (StreamClient phone = connect(two, "phone")) {
      List<String> ids = publish(Message.to(user, "here").passing(), SOME);

      assertThat(phone.notices(SOME))
          .extracting(notice -> notice.getMessageId())
          .containsExactlyInAnyOrderElementsOf(ids);
    }
  }
}
