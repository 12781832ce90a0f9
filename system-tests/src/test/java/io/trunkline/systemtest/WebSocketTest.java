package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.systemtest.installation.Installation;
import jakarta.jms.Message;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client as a web page would be one: WebSocket and JSON, written from PROTOCOL.md alone. */
@ArquillianTest
@RunAsClient
class WebSocketTest {
  private static final long TIMEOUT_S = 60;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private final Incoming incoming = new Incoming();
  private Installation installation;

  @BeforeEach
  void start() {
    installation = SharedInstallation.started(controller);
  }

  @Test
  void json_helloCallNotifyAckBye() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket socket = connect(http);
      assertThat(socket.getSubprotocol()).isEqualTo("trunkline.v1.json");

      send(
          socket,
          """
          {"hello": {"token": "%s", "deviceId": "tab-1", "clientName": "page", "platform": "web"}}"""
              .formatted(installation.token("wendy")));
      JsonObject welcome = incoming.next("welcome");
      String session = Listener.text(welcome, "sessionId");

      send(
          socket,
          """
          {"request": {"seq": "1", "service": "echo", "method": "echo", "payload": "%s"}}"""
              .formatted(base64("Grüße")));
      JsonObject response = incoming.next("response");
      assertThat(Listener.text(response, "seq")).isEqualTo("1");
      assertThat(response.has("status")).as("OK is the default and left out").isFalse();
      assertThat(Listener.text(response, "payload")).isEqualTo(base64("Grüße"));

      notifyAndAck(socket, session);

      send(socket, "{\"bye\": {}}");
      assertThat(incoming.closed.get(TIMEOUT_S, TimeUnit.SECONDS)).isEqualTo(4500);
    }
  }

  private void notifyAndAck(WebSocket socket, String session) throws Exception {
    try (JmsClient jms = new JmsClient(installation)) {
      Message message = jms.context().createTextMessage("look at this");
      message.setStringProperty("tl_session", session);
      message.setStringProperty("tl_expect", "ack");
      jms.publish(message);

      JsonObject notify = incoming.next("notify");
      assertThat(Listener.text(notify, "payload")).isEqualTo(base64("look at this"));
      assertThat(Listener.text(notify, "expect")).isEqualTo("ACK");
      send(
          socket,
          "{\"ack\": {\"messageId\": \"%s\"}}".formatted(Listener.text(notify, "messageId")));

      JsonObject receipt = jms.awaitReceipt();
      assertThat(Listener.text(receipt, "status")).isEqualTo("DELIVERED");
      assertThat(Listener.text(receipt, "user")).isEqualTo("wendy");
    }
  }

  @Test
  void firstMessageIsNoJson_isMalformed_andTheCloseCodeSaysSo() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      send(connect(http), "hello?");

      assertThat(Listener.text(incoming.next("error"), "code")).isEqualTo("MALFORMED_FRAME");
      assertThat(incoming.closed.get(TIMEOUT_S, TimeUnit.SECONDS)).isEqualTo(4300);
    }
  }

  private WebSocket connect(HttpClient http) throws Exception {
    URI url = URI.create(installation.clientUrl().replaceFirst("^tcp", "ws") + "/");
    return http.newWebSocketBuilder()
        .subprotocols("trunkline.v1.json")
        .buildAsync(url, incoming)
        .get(TIMEOUT_S, TimeUnit.SECONDS);
  }

  private static void send(WebSocket socket, String frame) throws Exception {
    socket.sendText(frame, true).get(TIMEOUT_S, TimeUnit.SECONDS);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Frames as they come, and how it ended. */
  private static final class Incoming implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        frames.add(JsonParser.parseString(part.toString()).getAsJsonObject());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      closed.completeExceptionally(failure);
    }

    /** The body of the next frame, which is of this kind. */
    JsonObject next(String kind) throws InterruptedException {
      JsonObject frame = frames.poll(TIMEOUT_S, TimeUnit.SECONDS);
      assertThat(frame).isNotNull();
      assertThat(frame.keySet()).containsExactly(kind);
      return frame.getAsJsonObject(kind);
    }
  }
}
