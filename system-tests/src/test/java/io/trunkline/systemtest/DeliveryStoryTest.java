package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.client.ClientListener;
import io.trunkline.client.Notification;
import io.trunkline.client.TrunklineClient;
import io.trunkline.systemtest.installation.Installation;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of one stored message, as its publisher, the API and the reports tell it. */
@ArquillianTest
@RunAsClient
class DeliveryStoryTest {
  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private final Queue<Notification> shown = new ConcurrentLinkedQueue<>();
  private final Queue<TrunklineClient> clients = new ConcurrentLinkedQueue<>();
  private final String id = "story-" + UUID.randomUUID();
  private Installation installation;
  private JmsClient erp;

  @BeforeEach
  void start() throws Exception {
    installation = SharedInstallation.started(controller);
    erp = new JmsClient(installation);
  }

  @AfterEach
  void stop() {
    clients.forEach(TrunklineClient::close);
    erp.close();
  }

  @Test
  void offlineUser_getsItAtTheNextHello_andAllTellTheSameStory() throws Exception {
    erp.publish(to("carol", id));
    await().until(() -> delivery().get("state").getAsString().equals("PENDING"));

    connect("carol", Notification::ack);

    JsonObject receipt = erp.awaitReceipt();
    assertThat(Listener.text(receipt, "status")).isEqualTo("DELIVERED");
    assertThat(Listener.text(receipt, "message_id")).isEqualTo(id);
    assertThat(shown).extracting(Notification::text).containsExactly("a parcel");
    await().until(() -> apiSteps().contains("DELIVERED|carol"));
    assertThat(Listener.text(delivery(), "state")).isEqualTo("DELIVERED");
    String sql =
        "SELECT step, user_id FROM report.delivery_trace WHERE message_id = '"
            + id
            + "' ORDER BY step <> 'STORED', at, step_id";
    assertThat(apiSteps())
        .containsExactly("STORED|carol", "WAITING|carol", "SENT|carol", "DELIVERED|carol");
    assertThat(new ReportWriter(installation).query(sql)).isEqualTo(apiSteps());
    assertThat(new ReportWriter(installation).psql(sql)).isEqualTo(apiSteps());
  }

  @Test
  void erpAsksADevice_andGetsItsAnswerByJms() throws Exception {
    connect(
        "rita", asked -> asked.reply("17 pieces".getBytes(StandardCharsets.UTF_8), "text/plain"));
    Message question = to("rita", id);
    question.setStringProperty("tl_expect", "reply");
    question.setJMSCorrelationID("stock of 4711");

    erp.publish(question);

    JsonObject receipt = erp.awaitReceipt();
    assertThat(Listener.text(receipt, "status")).isEqualTo("REPLIED");
    assertThat(Listener.text(receipt, "payload")).isEqualTo("17 pieces");
    await().until(() -> Listener.text(delivery(), "state").equals("REPLIED"));
  }

  @Test
  void neverAcknowledged_becomesADeadLetter_andIsDeliveredWhenTheOperatorRetriesIt()
      throws Exception {
    connect("dora", message -> {});
    erp.publish(to("dora", id));

    assertThat(Listener.text(erp.awaitReceipt(), "status")).isEqualTo("DEAD");
    assertThat(api("GET", "/dead-letters?user=dora", 200).getAsJsonArray("messages"))
        .extracting(dead -> Listener.text(dead.getAsJsonObject(), "id"))
        .containsExactly(id);
    assertThat(Listener.text(delivery(), "state")).isEqualTo("DEAD");

    clients.remove().close();
    connect("dora", Notification::ack);
    assertThat(api("POST", "/notifications/" + id + "/retry", 202).get("retried").getAsInt())
        .isEqualTo(1);

    assertThat(Listener.text(erp.awaitReceipt(), "status")).isEqualTo("DELIVERED");
    assertThat(api("GET", "/dead-letters?user=dora", 200).get("total").getAsInt()).isZero();
    await().until(() -> apiSteps().contains("DELIVERED|dora"));
    assertThat(apiSteps()).contains("DEAD|dora", "RETRIED|dora");
  }

  @Test
  void newerOfTheSameKey_takesThePlaceOfWhatWaits() throws Exception {
    for (int i = 1; i <= 3; i++) {
      Message price = to("karl", id + "-" + i);
      price.setStringProperty("tl_key", "price of 4711");
      erp.publish(price);
    }

    await().until(() -> Listener.text(delivery(id + "-3"), "state").equals("PENDING"));
    connect("karl", Notification::ack);

    assertThat(List.of(ended(), ended(), ended()))
        .containsExactlyInAnyOrder(
            "CONFLATED " + id + "-1", "CONFLATED " + id + "-2", "DELIVERED " + id + "-3");
    assertThat(shown).extracting(Notification::id).containsExactly(id + "-3");
  }

  private String ended() throws JMSException {
    JsonObject receipt = erp.awaitReceipt();
    return Listener.text(receipt, "status") + " " + Listener.text(receipt, "message_id");
  }

  private Message to(String user, String messageId) throws JMSException {
    Message message = erp.context().createTextMessage("a parcel");
    message.setStringProperty("tl_user", user);
    message.setStringProperty("tl_id", messageId);
    return message;
  }

  private void connect(String user, Consumer<Notification> program) throws IOException {
    TrunklineClient client =
        TrunklineClient.builder()
            .url(installation.clientUrl())
            .token(installation.token(user))
            .deviceId("phone")
            .autoAck(false)
            .listener(
                new ClientListener() {
                  @Override
                  public void notification(Notification message) {
                    shown.add(message);
                    program.accept(message);
                  }
                })
            .build();
    clients.add(client);
    client.connect().join();
  }

  private JsonObject delivery() throws Exception {
    return delivery(id);
  }

  /** The one message of this id, as the API tells it, as soon as it is stored. */
  private JsonObject delivery(String messageId) throws Exception {
    await().until(() -> answer("GET", "/notifications/" + messageId).statusCode() == 200);
    JsonArray found = api("GET", "/notifications/" + messageId, 200).getAsJsonArray("deliveries");
    assertThat(found).hasSize(1);
    return found.get(0).getAsJsonObject();
  }

  private List<String> apiSteps() throws Exception {
    return StreamSupport.stream(delivery().getAsJsonArray("steps").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(step -> Listener.text(step, "step") + "|" + Listener.text(step, "user"))
        .toList();
  }

  private JsonObject api(String method, String path, int status) throws Exception {
    HttpResponse<String> answer = answer(method, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  private HttpResponse<String> answer(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(installation.apiUrl() + path))
            .header("Authorization", "Bearer " + installation.secret("api-token"))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
