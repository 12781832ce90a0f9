package io.trunkline.systemtest.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.client.ClientBuilder;
import io.trunkline.client.TrunklineClient;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Processes;
import io.trunkline.systemtest.installation.Shortage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.core.ConditionFactory;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three nodes are replaced one after the other by SIGTERM, while their clients call and are written
 * to. The installation's own node only carries database and broker: it is drained at the start.
 */
@ArquillianTest
@RunAsClient
class RollingRestartTest {
  private static final String NAME = "drain";
  private static final List<String> NODES = List.of("roll-1", "roll-2", "roll-3");
  private static final int CUSTOMERS = 30;

  /** As in {@code arquillian.xml}. */
  private static final int PER_SECOND = 5;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long PUBLISH_EVERY_MS = 40;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Processes processes;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();
  private final List<Customer> customers = new ArrayList<>();

  /** By user, what the installation has taken over. */
  private final Map<String, Set<String>> published = new ConcurrentHashMap<>();

  private final long startNs = System.nanoTime();
  private Installation installation;

  @BeforeEach
  void start() throws Exception {
    controller.start(NAME);
    installation = Installation.of(NAME);
    processes.launch(NODES);
    NODES.forEach(controller::start);
    say("all are ready");
    awaitAssigned(List.of("gw-1", "roll-1", "roll-2", "roll-3"));
    assertThat(api("POST", "/nodes/gw-1/drain", "{\"reason\":\"carries the others\"}").statusCode())
        .isEqualTo(202);
    awaitAssigned(NODES);
    for (int i = 0; i < CUSTOMERS; i++) {
      String user = "customer-" + i;
      ClientBuilder builder =
          TrunklineClient.builder()
              .assign(URI.create(installation.apiUrl()).resolve("/"))
              .token(installation.token(user));
      NODES.forEach(node -> builder.url(processes.clientUrl(node)));
      var customer = new Customer(user, builder);
      open.push(customer);
      customers.add(customer);
      customer.start();
    }
    say(CUSTOMERS + " customers are connected");
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    NODES.stream().filter(controller::isStarted).forEach(controller::kill);
    controller.stop(NAME);
    say("all have stopped");
  }

  private void say(String text) {
    System.out.printf("rolling restart: %5.1f s %s%n", (System.nanoTime() - startNs) / 1e9, text);
  }

  @Test
  void threeNodesReplaced_nothingIsLost_andClientsMoveInSlots() throws Exception {
    eventually()
        .untilAsserted(
            () ->
                assertThat(on())
                    .as("assigned to all")
                    .hasSize(NODES.size())
                    .doesNotContainKey("gw-1"));
    var publishing = new CountDownLatch(1);
    Thread publisher = Thread.ofPlatform().name("publisher").start(() -> publish(publishing));
    List<String> spread = new ArrayList<>();
    for (String node : NODES) {
      Map<String, Long> before = on();
      long sinceNs = System.nanoTime();
      var shortage = new Shortage();

      controller.stop(node);
      Duration stalled = shortage.soFar();
      say(node + " has stopped");
      controller.start(node);
      say(node + " is back");

      eventually().until(() -> customers.stream().allMatch(Customer::isConnected));
      awaitAssigned(NODES);
      say("all are connected, and it is assigned");
      spread.add(node + " " + movedInSlots(sinceNs, before.getOrDefault(node, 0L), stalled));
    }
    publishing.countDown();
    publisher.join();
    for (Customer customer : customers) {
      customer.stopCalling();
    }

    eventually()
        .untilAsserted(
            () ->
                assertThat(customers)
                    .allSatisfy(
                        customer ->
                            assertThat(customer.messages)
                                .as("messages of %s", customer.user)
                                .containsExactlyInAnyOrderElementsOf(taken(customer.user))));
    assertThat(customers)
        .allSatisfy(
            customer -> {
              assertThat(customer.failed).as("failed, not to be made again").isEmpty();
              assertThat(customer.sessions.stream().map(one -> one.sessionId()).distinct())
                  .as("sessions of %s", customer.user)
                  .hasSize(1);
              assertThat(customer.ends)
                  .allSatisfy(end -> assertThat(end.name()).isEqualTo("DRAINING"));
            });
    say(
        "%s; %d messages, %d calls answered, %d to be made again"
            .formatted(
                spread,
                published.values().stream().mapToInt(Set::size).sum(),
                customers.stream().mapToLong(one -> one.answered.get()).sum(),
                customers.stream().mapToLong(one -> one.again.get()).sum()));
  }

  /** How many were told to go since then, over how long. */
  private String movedInSlots(long sinceNs, long clients, Duration stalled) {
    List<Long> told =
        customers.stream()
            .flatMap(customer -> customer.told.stream())
            .filter(at -> at - sinceNs >= 0)
            .sorted()
            .toList();
    assertThat(told).as("told to go").hasSizeGreaterThanOrEqualTo((int) clients);
    long ms = TimeUnit.NANOSECONDS.toMillis(told.getLast() - told.getFirst());
    // What could not run for a while has several slots at once afterwards.
    assertThat(ms + stalled.toMillis())
        .as("%d clients at %d a second", told.size(), PER_SECOND)
        .isGreaterThan((told.size() - 1) * 1_000L / PER_SECOND / 2);
    return told.size() + " in " + ms + " ms";
  }

  private Map<String, Long> on() {
    return customers.stream()
        .filter(customer -> !customer.sessions.isEmpty())
        .collect(
            Collectors.groupingBy(
                customer -> customer.sessions.getLast().nodeId(), Collectors.counting()));
  }

  private void publish(CountDownLatch until) {
    try {
      for (int i = 0; !until.await(PUBLISH_EVERY_MS, TimeUnit.MILLISECONDS); i++) {
        String user = customers.get(i % customers.size()).user;
        String text = user + "-" + i;
        int status =
            api(
                    "POST",
                    "/notifications",
                    "{\"user\":\"%s\",\"persistent\":true,\"expect\":\"ack\",\"text\":\"%s\"}"
                        .formatted(user, text))
                .statusCode();
        if (status == 202) {
          taken(user).add(text);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("publishing failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<String> taken(String user) {
    return published.computeIfAbsent(user, name -> ConcurrentHashMap.newKeySet());
  }

  private static ConditionFactory eventually() {
    return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200));
  }

  private void awaitAssigned(List<String> ids) {
    eventually()
        .untilAsserted(
            () -> {
              var answer = api("GET", "/nodes/assign?n=16", "");
              assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
              JsonObject body = JsonParser.parseString(answer.body()).getAsJsonObject();
              assertThat(
                      StreamSupport.stream(body.getAsJsonArray("nodes").spliterator(), false)
                          .map(JsonElement::getAsJsonObject)
                          .map(node -> node.get("id").getAsString()))
                  .containsExactlyInAnyOrderElementsOf(ids);
            });
  }

  private HttpResponse<String> api(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(installation.apiUrl() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + installation.secret("api-token"))
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
