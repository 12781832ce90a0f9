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

/** Asks the management API with the installation's token. Thread-safe; blocks. */
final class ManagementClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int OK = 200;

  private final ApiConfig api;
  private final HttpClient http;

  private ManagementClient(ApiConfig api) {
    this.api = api;
    this.http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  }

  /** The one section that is of use here. */
  record Settings(ApiConfig api) {}

  /**
   * What the API says.
   *
   * @param status of HTTP
   */
  record Answer(int status, JsonNode json) {
    boolean isOk() {
      return status == OK;
    }

    /** Why not, if it is not {@link #isOk}. */
    String detail() {
      return json.path("detail").asText("HTTP " + status);
    }
  }

  /**
   * @param given nothing but settings of the API
   * @param data folder whose token is used where the settings name none
   * @throws StartupException if there is no installation in it
   */
  static ManagementClient at(Configuration given, Path data) throws StartupException {
    if (!given.isGiven("api.token")) {
      given.setIfAbsent("api.token", DataFolder.secretsOf(data).apiToken(), "data folder");
    }
    return new ManagementClient(given.bind(Settings.class).api());
  }

  /**
   * @param path under the API's root
   * @throws StartupException if the API cannot be reached, or there is something else
   */
  Answer get(String path, Duration timeout) throws StartupException, InterruptedException {
    return send(request(path, timeout).GET().build());
  }

  /** As {@link #get}, with a body. */
  Answer post(String path, JsonNode body, Duration timeout)
      throws StartupException, InterruptedException {
    return send(
        request(path, timeout)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build());
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    return HttpRequest.newBuilder(URI.create(where() + "/api/v1" + path))
        .timeout(timeout)
        .header("Authorization", "Bearer " + api.token());
  }

  private Answer send(HttpRequest request) throws StartupException, InterruptedException {
    HttpResponse<String> answer;
    try {
      answer = http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new StartupException(
          "the management API at %s does not answer (settings api.host, api.port): %s"
              .formatted(where(), e.getMessage() == null ? e : e.getMessage()),
          e);
    }
    try {
      return new Answer(answer.statusCode(), new JsonMapper().readTree(answer.body()));
    } catch (IOException e) {
      throw new StartupException(where() + " is no management API: its answer is no JSON", e);
    }
  }

  private String where() {
    return "http://" + api.host() + ":" + api.port();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
