package io.trunkline.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.client.FakeGateway;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Refreshed;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribed;
import io.trunkline.protocol.v1.Unsubscribed;
import io.trunkline.protocol.v1.Welcome;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code listen} and {@code shell}. */
class ListenTest extends CliFixture {
  @Test
  void serve_offersTheServiceDevice() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--serve", "--attr", "shop=7");
    FakeGateway.Peer peer = gateway.welcome();
    var info = Request.newBuilder().setSeq(1).setService("device");
    peer.send(Frame.newBuilder().setRequest(info.setMethod("info")));
    Frame told = peer.take();
    peer.send(Frame.newBuilder().setRequest(info.setMethod("echo").setSeq(2)));
    Frame echo = peer.take();
    peer.error(CloseCode.KICKED, "enough");

    assertThat(told.getResponse().getContentType()).isEqualTo("application/json");
    assertThat(told.getResponse().getPayload().toStringUtf8())
        .contains("\"device\":\"d-1\"", "\"shop\":\"7\"");
    assertThat(echo.getResponse().getSeq()).isEqualTo(2);
    assertThat(exitCode(running)).isEqualTo(1);
    assertThat(err.toString()).contains("called device.info with 0 bytes");
  }

  @Test
  void listen_printsTimeIdStreamOffsetTypeText_acknowledges_andEndsAfterCount() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--count", "2");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(news("m-1", Expect.NOTHING));
    peer.notify(news("m-2", Expect.ACK));

    assertThat(peer.take().getAck().getMessageId()).isEqualTo("m-2");
    assertThat(peer.take().hasBye()).isTrue();
    peer.close();

    assertThat(exitCode(running)).isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .matches("\\S+Z m-1 - - news stock is low");
    assertThat(err.toString()).contains("connected session s-1 on node n-1");
  }

  @Test
  void listen_noAck_acknowledgesNothing() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--no-ack", "--count", "1");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(news("m-1", Expect.ACK));

    assertThat(peer.take().hasBye()).isTrue();
    peer.close();
    assertThat(exitCode(running)).isZero();
  }

  @Test
  void listen_kicked_asJson_exits1() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--json");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(news("m-1", Expect.NOTHING));
    peer.error(CloseCode.KICKED, "by an operator");

    assertThat(exitCode(running)).isEqualTo(1);
    List<JsonObject> events =
        out.toString().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    assertThat(events)
        .extracting(event -> event.get("event").getAsString())
        .containsExactly("connected", "notification", "disconnected");
    assertThat(events.get(0).get("session").getAsString()).isEqualTo("s-1");
    assertThat(events.get(1).get("payload").getAsString()).isEqualTo("stock is low");
    JsonObject end = events.get(2);
    assertThat(end.get("code").getAsInt()).isEqualTo(4502);
    assertThat(end.get("name").getAsString()).isEqualTo("KICKED");
    assertThat(end.get("message").getAsString()).isEqualTo("by an operator");
    assertThat(end.get("reconnect").getAsBoolean()).isFalse();
  }

  @Test
  void listen_refused_asJson_saysTheCode() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--json");
    gateway.accept().error(CloseCode.BANNED, "for a day");

    assertThat(exitCode(running)).isEqualTo(1);
    JsonObject event = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(event.get("event").getAsString()).isEqualTo("attempt-failed");
    assertThat(event.get("code").getAsInt()).isEqualTo(4503);
    assertThat(err.toString().strip()).isEqualTo("BANNED (4503): for a day");
  }

  @Test
  void shell_obeysLineByLine_andShowsNotificationsBetween() throws Exception {
    InputStream before = System.in;
    try (PipedOutputStream typed = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typed));
      CompletableFuture<Integer> running = start("shell");
      FakeGateway.Peer peer = gateway.welcome();
      typed.write("status\nnonsense\ncall echo.echo two words\n".getBytes(UTF_8));
      typed.flush();
      Request request = peer.request();
      peer.notify(news("m-1", Expect.NOTHING));
      peer.answer(request, Status.OK, request.getPayload().toStringUtf8());
      typed.write("quit\n".getBytes(UTF_8));
      typed.flush();
      assertThat(peer.take().hasBye()).isTrue();
      peer.close();

      assertThat(exitCode(running)).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(out.toString())
        .contains("CONNECTED session s-1 on node n-1")
        .contains("m-1 - - news stock is low")
        .contains("two words");
    assertThat(err.toString()).contains("'nonsense' is not a command; try help");
  }

  @Test
  void listen_for_endsInTime() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--for", "50ms");
    FakeGateway.Peer peer = gateway.welcome();

    assertThat(peer.take().hasBye()).isTrue();
    peer.close();
    assertThat(exitCode(running)).isZero();
  }

  private static final String USER = "user";

  private static Notify.Builder stored(long offset, Expect expect) {
    return news("m-" + offset, expect).setStream(USER).setEpoch(1).setOffset(offset);
  }

  private static Subscribed.Builder answer(FakeGateway.Peer peer, Status status) throws Exception {
    return Subscribed.newBuilder()
        .setSeq(peer.take().getSubscribe().getSeq())
        .setStatus(status)
        .setMessage(status == Status.OK ? "" : "not for you");
  }

  private static int bye(FakeGateway.Peer peer, CompletableFuture<Integer> running)
      throws Exception {
    assertThat(peer.take().hasBye()).isTrue();
    peer.close();
    return exitCode(running);
  }

  @Test
  void listen_storedMessage_printsStreamAndOffset_andWhatBecameOfTheStream() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--count", "1");
    FakeGateway.Peer peer = gateway.accept();
    peer.hello();
    peer.welcome(
        Welcome.newBuilder()
            .setResumed(true)
            .addStreams(StreamStart.newBuilder().setStream(USER).setEpoch(1).setRecovered(true))
            .addStreams(
                StreamStart.newBuilder().setStream("broadcast").setEpoch(1).setStartOffset(9)));
    peer.notify(stored(17, Expect.NOTHING));

    assertThat(bye(peer, running)).isZero();
    assertThat(out.toString().strip()).matches("\\S+Z m-17 user 17 news stock is low");
    assertThat(err.toString().lines().map(String::strip).toList())
        .containsExactly(
            "resumed session s-1 on node n-1",
            "stream user recovered; goes on after offset 0",
            "stream broadcast NOT recovered, something is missing; goes on after offset 9");
  }

  @Test
  void listen_topics_areSubscribedTo_asJson() throws Exception {
    CompletableFuture<Integer> running =
        start("listen", "--topic", "prices", "--topic", "news", "--count", "1", "--json");
    FakeGateway.Peer peer = gateway.welcome();
    for (String topic : List.of("prices", "news")) {
      peer.send(
          Frame.newBuilder()
              .setSubscribed(
                  answer(peer, Status.OK)
                      .setStream(StreamStart.newBuilder().setStream("topic:" + topic))));
    }
    Awaitility.await().until(() -> out.toString().split("\"subscribed\"", -1).length == 3);
    peer.notify(news("m-1", Expect.NOTHING).setTopic("prices"));

    assertThat(bye(peer, running)).isZero();
    assertThat(events("stream")).hasSize(2);
    assertThat(events("subscribed"))
        .extracting(event -> event.get("topic").getAsString())
        .containsExactlyInAnyOrder("prices", "news");
    assertThat(events("notification").get(0).get("topic").getAsString()).isEqualTo("prices");
  }

  private List<JsonObject> events(String kind) {
    return out.toString()
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .filter(event -> event.get("event").getAsString().equals(kind))
        .toList();
  }

  @Test
  void listen_refusedTopic_exits1() throws Exception {
    CompletableFuture<Integer> running = start("listen", "--topic", "secret");
    FakeGateway.Peer peer = gateway.welcome();
    peer.send(Frame.newBuilder().setSubscribed(answer(peer, Status.PERMISSION_DENIED)));

    assertThat(bye(peer, running)).isEqualTo(1);
    assertThat(err.toString())
        .contains("subscription refused secret: PERMISSION_DENIED not for you");
  }

  @Test
  void listen_ackLater_andReply() throws Exception {
    CompletableFuture<Integer> running =
        start("listen", "--ack", "1ms", "--reply", "{\"ok\":true}", "--count", "2");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(stored(1, Expect.ACK));
    peer.notify(stored(2, Expect.REPLY));

    assertThat(peer.take().getAck().getMessageId()).isEqualTo("m-1");
    var reply = peer.take().getAck().getReply();
    assertThat(reply.getPayload().toStringUtf8()).isEqualTo("{\"ok\":true}");
    assertThat(reply.getContentType()).isEqualTo("application/json");
    assertThat(bye(peer, running)).isZero();
  }

  @Test
  void listen_again_goesOnWhereItWas_andShowsNothingTwice(@TempDir Path folder) throws Exception {
    String file = folder.resolve("positions").toString();
    CompletableFuture<Integer> first = start("listen", "--store", file, "--count", "1");
    FakeGateway.Peer peer = gateway.welcome();
    peer.notify(stored(1, Expect.ACK));
    peer.notify(stored(2, Expect.NOTHING));
    assertThat(peer.take().getAck().getOffset()).isEqualTo(1);
    assertThat(bye(peer, first)).isZero();

    CompletableFuture<Integer> second = start("listen", "--store", file, "--count", "1");
    FakeGateway.Peer again = gateway.accept();
    assertThat(again.hello().getPositionsList())
        .as("the second was over the count, and not printed")
        .containsExactly(
            StreamPosition.newBuilder().setStream(USER).setEpoch(1).setOffset(1).build());
    again.welcome(Welcome.newBuilder());
    again.notify(stored(1, Expect.ACK));
    assertThat(again.take().getAck().getOffset()).isEqualTo(1);
    again.notify(stored(2, Expect.NOTHING));
    assertThat(bye(again, second)).isZero();

    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).contains(" m-1 "), line -> assertThat(line).contains(" m-2 "));
  }

  @Test
  void listen_storeOfAnotherProcess_exits2(@TempDir Path folder) throws Exception {
    String file = folder.resolve("positions").toString();
    CompletableFuture<Integer> first = start("listen", "--store", file);
    FakeGateway.Peer peer = gateway.welcome();

    assertThat(exitCode(start("listen", "--store", file))).isEqualTo(2);

    assertThat(err.toString())
        .contains("cannot keep positions in " + file + ": another client of this process has it");
    peer.error(CloseCode.KICKED, "enough");
    assertThat(exitCode(first)).isEqualTo(1);
  }

  @Test
  void listen_wrongAck_exits2() {
    assertThat(run("listen", "--ack", "soon", "--token", "t")).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("--ack is auto, none or a duration such as 5s, not 'soon'");
    assertThat(run("listen", "--topic", "", "--token", "t", "--store", "none")).isEqualTo(2);
  }

  @Test
  void shell_subscribesAnswersAndRefreshes() throws Exception {
    InputStream before = System.in;
    try (PipedOutputStream typed = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typed));
      CompletableFuture<Integer> running = start("shell", "--no-ack");
      FakeGateway.Peer peer = gateway.welcome();
      type(typed, "subscribe prices");
      peer.send(Frame.newBuilder().setSubscribed(answer(peer, Status.OK)));
      peer.notify(stored(1, Expect.ACK).setTopic("prices"));
      peer.notify(stored(2, Expect.REPLY));
      Awaitility.await().until(() -> out.toString().contains("m-2"));
      type(typed, "ack m-1");
      assertThat(peer.take().getAck().getMessageId()).isEqualTo("m-1");
      type(typed, "ack m-1");
      type(typed, "reply m-2 all is well");
      assertThat(peer.take().getAck().getReply().getPayload().toStringUtf8())
          .isEqualTo("all is well");
      type(typed, "refresh newer");
      peer.send(
          Frame.newBuilder()
              .setRefreshed(Refreshed.newBuilder().setSeq(peer.take().getRefresh().getSeq())));
      Awaitility.await().until(() -> err.toString().contains("the gateway took the token"));
      type(typed, "unsubscribe prices");
      peer.send(
          Frame.newBuilder()
              .setUnsubscribed(
                  Unsubscribed.newBuilder().setSeq(peer.take().getUnsubscribe().getSeq())));
      Awaitility.await().until(() -> err.toString().contains("unsubscribed prices"));
      type(typed, "quit");

      assertThat(bye(peer, running)).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(err.toString())
        .contains("subscribed prices")
        .contains("no notification m-1 waits for an answer");
  }

  private static void type(PipedOutputStream typed, String line) throws Exception {
    typed.write((line + "\n").getBytes(UTF_8));
    typed.flush();
  }
}
