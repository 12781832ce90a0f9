package io.trunkline.systemtest.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.stock.StockBackEnd;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.client.TrunklineClient;
import io.trunkline.protocol.v1.Status;
import io.trunkline.systemtest.calls.Outcomes.Outcome;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.JmsProgram;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients call a back end over HTTP, one over JMS in a process of its own, and a service in the
 * gateway, by stub and by name, while one back end after the other is stopped, crawls and breaks.
 */
@ArquillianTest
@RunAsClient
@Tag("alone")
class CallsTest {
  private static final String NAME = "calls";
  private static final int CLIENTS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long all is well, then how long it is not. */
  private static final long WINDOW_MS = 3_000;

  /** After its deadline no call may go on for longer. */
  private static final Duration GRACE = Duration.ofMillis(100);

  /** So much longer may calls of the healthy take. */
  private static final double TOLERANCE = 1.2;

  /** What the two remote back ends work on each call; less is not measured against itself. */
  private static final double WORK_MS = 20;

  @ArquillianResource
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private ContainerController controller;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Outcomes outcomes = new Outcomes();
  private final Latency latency = new Latency();
  private Installation installation;
  private ParcelsBackEnd parcels;
  private Path stockMood;
  private Program stock;

  @BeforeEach
  void start() throws Exception {
    controller.start(NAME);
    installation = Installation.of(NAME);
    parcels = keep(new ParcelsBackEnd());
    stockMood = installation.folder().resolve("stock.mood");
    Files.writeString(stockMood, "well");
    stock = startStock();
    Files.writeString(installation.data().resolve("routes.properties"), routes());
    assertThat(api("POST", "/services/reload").statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    controller.stop(NAME);
  }

  @Test
  void whateverABackEndDoes_eachCallEndsOnceInTime_andTheOthersDoNotFeelIt() throws Exception {
    CallLoad load = keep(new CallLoad(clients(), outcomes));
    var hiccups = keep(new Hiccups());
    load.start();
    for (String service : CallLoad.SERVICES) {
      awaitWell(service);
    }

    for (Mood mood : List.of(Mood.STOPPED, Mood.SLOW, Mood.BROKEN)) {
      disturb(CallLoad.PARCELS, mood);
      disturb(CallLoad.STOCK, mood);
    }
    load.close();
    await().atMost(PATIENCE).until(() -> outcomes.open() == 0);

    assertThat(outcomes.notOnce()).isEmpty();
    assertThat(tooLate(hiccups)).isEmpty();
    theHealthyFeltNothing();
    countersAddUp();
    assertThat(parcels.created()).isNotEmpty();
    assertThat(parcels.created().values()).allSatisfy(times -> assertThat(times).hasValue(1));
    System.out.println("calls: " + latency + ", longest pause of this process " + hiccups);
  }

  private <T extends AutoCloseable> T keep(T closeable) {
    open.push(closeable);
    return closeable;
  }

  private String routes() {
    return """
        parcels.backend = http
        parcels.url = %s
        parcels.method.get = GET /parcels/{id}
        parcels.method.create = POST /parcels
        parcels.max-concurrent = 16
        parcels.max-queued = 16
        parcels.breaker.open-for = 1s
        stock.backend = jms
        stock.max-concurrent = 16
        stock.max-queued = 16
        stock.breaker.open-for = 1s
        """
        .formatted(parcels.url());
  }

  private Program startStock() throws IOException {
    Program started =
        keep(
            JmsProgram.start(
                installation,
                "stock",
                StockBackEnd.class,
                List.of(
                    installation.jmsUrl(),
                    "backend",
                    installation.secret("jms-backend"),
                    stockMood.toString())));
    started.awaitOutput("ready", PATIENCE);
    return started;
  }

  private List<TrunklineClient> clients() throws Exception {
    List<TrunklineClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      TrunklineClient client =
          TrunklineClient.builder()
              .url(installation.clientUrl())
              .token(installation.token("caller-" + i))
              .build();
      clients.add(keep(client));
      client.connect().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    return clients;
  }

  /** A while in which all is well, then one in which this back end is not. */
  private void disturb(String service, Mood mood) throws Exception {
    observe("well");
    mood(service, mood);
    observe(service + " " + mood);
    mood(service, Mood.WELL);
    awaitWell(service);
  }

  private void mood(String service, Mood mood) throws Exception {
    if (service.equals(CallLoad.PARCELS)) {
      parcels.mood(mood);
      return;
    }
    if (mood == Mood.STOPPED) {
      stock.kill();
      return;
    }
    Files.writeString(stockMood, mood.name().toLowerCase(Locale.ROOT));
    if (!stock.isAlive()) {
      stock = startStock();
    }
  }

  /** Its last twenty calls were all answered. */
  private void awaitWell(String service) {
    await(service + " is well")
        .atMost(PATIENCE)
        .until(
            () -> {
              List<Outcome> last =
                  outcomes.all().stream().filter(one -> one.service().equals(service)).toList();
              return last.size() > 20
                  && last.subList(last.size() - 20, last.size()).stream()
                      .allMatch(one -> one.status() == Status.OK);
            });
  }

  private void observe(String condition) throws InterruptedException {
    int from = outcomes.all().size();
    Thread.sleep(WINDOW_MS); // as long as the condition is to last
    List<Outcome> window = outcomes.all();
    window = window.subList(from, window.size());
    for (String service : CallLoad.SERVICES) {
      List<Outcome> its = window.stream().filter(one -> one.service().equals(service)).toList();
      if (condition.startsWith(service)) {
        assertThat(its.stream().map(Outcome::status)).as(condition).isSubsetOf(failures());
        continue;
      }
      assertThat(its.stream().map(Outcome::status).distinct())
          .as("%s while %s", service, condition)
          .containsExactly(Status.OK);
      latency.add(
          service + (condition.equals("well") ? " well" : " disturbed"),
          its.stream().map(Outcome::tookNanos).toList());
    }
  }

  private static Set<Status> failures() {
    return Set.of(
        // What was under way or half open may still be answered.
        Status.OK, Status.BUSY, Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED, Status.INTERNAL);
  }

  private List<String> tooLate(Hiccups hiccups) {
    long most = CallLoad.DEADLINE.plus(GRACE).toNanos() + hiccups.longestNanos();
    return outcomes.all().stream()
        .filter(one -> one.tookNanos() > most)
        .map(Outcome::toString)
        .toList();
  }

  private void theHealthyFeltNothing() {
    for (String service : CallLoad.SERVICES) {
      double well = Math.max(latency.p99Ms(service + " well"), WORK_MS);
      assertThat(latency.p99Ms(service + " disturbed"))
          .as("p99 ms of %s while another is not well: %s", service, latency)
          .isPositive()
          .isLessThanOrEqualTo(well * TOLERANCE);
    }
  }

  /** What callers were told is what the gateway has counted; the caller's own clock may differ. */
  private void countersAddUp() throws Exception {
    HttpResponse<String> answer = api("GET", "/services");
    assertThat(answer.statusCode()).isEqualTo(200);
    for (JsonElement each :
        JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonArray("services")) {
      JsonObject service = each.getAsJsonObject();
      String name = service.get("name").getAsString();
      if (!CallLoad.SERVICES.contains(name)) {
        continue;
      }
      JsonObject counts = service.getAsJsonObject("counts");
      Map<Status, Long> counted = new EnumMap<>(Status.class);
      counts
          .getAsJsonObject("outcomes")
          .entrySet()
          .forEach(one -> counted.put(Status.valueOf(one.getKey()), one.getValue().getAsLong()));
      Map<Status, Long> told = outcomes.byStatus(name);
      assertThat(counts.get("in_flight").getAsLong()).isZero();
      assertThat(counts.get("calls").getAsLong())
          .as("%s: gateway %s, callers %s", name, counted, told)
          .isEqualTo(sum(counted))
          .isEqualTo(sum(told));
      for (Status status : Set.of(Status.BUSY, Status.UNAVAILABLE, Status.INTERNAL)) {
        assertThat(counted.getOrDefault(status, 0L) - told.getOrDefault(status, 0L))
            .as("%s of %s: gateway %s, callers %s", status, name, counted, told)
            .isBetween(0L, told.getOrDefault(Status.DEADLINE_EXCEEDED, 0L));
      }
    }
  }

  private static long sum(Map<Status, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private HttpResponse<String> api(String method, String path) throws Exception {
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
