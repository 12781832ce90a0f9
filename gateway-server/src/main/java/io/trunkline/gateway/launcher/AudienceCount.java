package io.trunkline.gateway.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.api.ApiConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks the management API whom an audience would reach; sends nothing. */
final class AudienceCount {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Longer than the API takes at the most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final int OK = 200;

  private final ApiConfig api;

  private AudienceCount(ApiConfig api) {
    this.api = api;
  }

  /** The one section that is of use here. */
  record Settings(ApiConfig api) {}

  /**
   * @param data folder whose token is used where the settings name none
   * @throws StartupException if there is no installation in it
   */
  static AudienceCount at(Configuration given, Path data) throws StartupException {
    if (!given.isGiven("api.token")) {
      given.setIfAbsent("api.token", DataFolder.secretsOf(data).apiToken(), "data folder");
    }
    return new AudienceCount(given.bind(Settings.class).api());
  }

  /**
   * Prints how many are connected and how many offline; what is wrong goes to standard error.
   *
   * @param selector absent: everybody
   * @return the program's exit code
   * @throws StartupException if the API cannot be reached
   */
  int print(Optional<String> selector) throws StartupException, InterruptedException {
    HttpResponse<String> answer = ask(selector);
    JsonNode json;
    try {
      json = new JsonMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new StartupException(where() + " is no management API: its answer is no JSON", e);
    }
    if (answer.statusCode() != OK) {
      System.err.println(json.path("detail").asText("HTTP " + answer.statusCode()));
      return 1;
    }
    System.out.println(
        "MATCHED now="
            + json.path("matched_now").asLong()
            + " offline="
            + json.path("offline").asLong());
    if (!json.path("complete").asBoolean()) {
      System.err.println(
          "there may be more: after "
              + json.path("scanned").asLong()
              + " sessions the time was up");
    }
    return 0;
  }

  private HttpResponse<String> ask(Optional<String> selector)
      throws StartupException, InterruptedException {
    var body = new JsonMapper().createObjectNode();
    selector.ifPresent(text -> body.put("selector", text));
    try (var client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
      var request =
          HttpRequest.newBuilder(URI.create(where() + "/api/v1/audiences/count"))
              .timeout(TIMEOUT)
              .header("Authorization", "Bearer " + api.token())
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body.toString()))
              .build();
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new StartupException(
          "the management API at %s does not answer (settings api.host, api.port): %s"
              .formatted(where(), e.getMessage() == null ? e : e.getMessage()),
          e);
    }
  }

  private String where() {
    return "http://" + api.host() + ":" + api.port();
  }
}
