package io.trunkline.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.gateway.GatewayFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Requests to a node's management API with its token. */
final class Http {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();
  private static final JsonMapper JSON = new JsonMapper();

  private final URI api;

  Http(URI api) {
    this.api = api;
  }

  HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, BodyPublishers.noBody());
  }

  HttpResponse<String> delete(String path) throws Exception {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  HttpResponse<String> post(String path, String json) throws Exception {
    return send("POST", path, BodyPublishers.ofString(json));
  }

  HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body)
      throws Exception {
    return send(
        request(path)
            .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
            .header("Content-Type", "application/json")
            .method(method, body)
            .build());
  }

  /** Without a token. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(api + path)).timeout(Duration.ofSeconds(20));
  }

  static HttpResponse<String> send(HttpRequest request) throws Exception {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }
}
