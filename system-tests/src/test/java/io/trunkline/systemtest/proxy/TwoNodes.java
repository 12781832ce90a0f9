package io.trunkline.systemtest.proxy;

import com.google.gson.JsonObject;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Processes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Two nodes of one installation, asked by HTTP. */
final class TwoNodes implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  final HaProxy.Node first;
  final HaProxy.Node second;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String apiToken;

  TwoNodes(Installation installation, Processes processes, String firstName, String secondName)
      throws IOException {
    apiToken = installation.secret("api-token");
    first = node(processes, firstName);
    second = node(processes, secondName);
  }

  private static HaProxy.Node node(Processes processes, String name) {
    return new HaProxy.Node(
        URI.create(processes.clientUrl(name)).getPort(),
        URI.create(processes.apiUrl(name)).getPort());
  }

  static URI api(HaProxy.Node node, String path) {
    return URI.create("http://127.0.0.1:" + node.apiPort() + path);
  }

  HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri).GET());
  }

  HttpResponse<String> delete(URI uri) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri).DELETE());
  }

  /** Whether a persistent message for the user is taken over, to be acknowledged. */
  boolean publish(HaProxy.Node by, String user, String text)
      throws IOException, InterruptedException {
    var message = new JsonObject();
    message.addProperty("user", user);
    message.addProperty("persistent", true);
    message.addProperty("expect", "ack");
    message.addProperty("text", text);
    return send(HttpRequest.newBuilder(api(by, "/api/v1/notifications"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(message.toString())))
            .statusCode()
        == 202;
  }

  boolean isReady(HaProxy.Node node) throws IOException, InterruptedException {
    return get(api(node, "/observe/health/ready")).statusCode() == 200;
  }

  /** The sum over its labels. */
  double metric(HaProxy.Node node, String name) throws IOException, InterruptedException {
    return get(api(node, "/observe/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(
        request.timeout(TIMEOUT).header("Authorization", "Bearer " + apiToken).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
  }
}
