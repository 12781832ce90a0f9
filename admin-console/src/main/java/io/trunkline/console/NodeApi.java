package io.trunkline.console;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the nodes' management APIs, all at once, for what only they know. A node that does not
 * answer in time holds up nobody. Thread-safe; blocks.
 */
final class NodeApi implements AutoCloseable {
  private static final String SERVICES = "/api/v1/services";
  private static final long MAX_ANSWER_BYTES = 8L << 20;
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;

  /** Opening back ends takes its time. */
  private static final Duration RELOAD_TIMEOUT = Duration.ofSeconds(15);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private final Optional<String> token;
  private final Duration timeout;
  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("node-api-", 0).factory());
  private final HttpClient http;

  /**
   * @param token without one nobody is asked
   */
  NodeApi(Optional<String> token, Duration timeout) {
    this.token = token;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // the token is for nodes alone
            .connectTimeout(timeout)
            .executor(workers)
            .build();
  }

  boolean hasToken() {
    return token.isPresent();
  }

  /** In the nodes' order. */
  List<NodeAnswer> services(List<NodeRow> nodes) {
    return all(nodes, request -> request.GET().build(), SERVICES, timeout);
  }

  /** Makes each read its routes file now. */
  List<NodeAnswer> reload(List<NodeRow> nodes) {
    return all(
        nodes,
        request -> request.POST(HttpRequest.BodyPublishers.noBody()).build(),
        SERVICES + "/reload",
        timeout.compareTo(RELOAD_TIMEOUT) > 0 ? timeout : RELOAD_TIMEOUT);
  }

  private List<NodeAnswer> all(
      List<NodeRow> nodes,
      Function<HttpRequest.Builder, HttpRequest> method,
      String path,
      Duration within) {
    List<Future<NodeAnswer>> answers =
        nodes.stream()
            .map(
                node ->
                    workers.submit(
                        () -> new NodeAnswer(node.id(), ask(node, method, path, within))))
            .toList();
    return answers.stream().map(NodeApi::joined).toList();
  }

  private static NodeAnswer joined(Future<NodeAnswer> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the console stops", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private NodeAnswer.Result ask(
      NodeRow node,
      Function<HttpRequest.Builder, HttpRequest> method,
      String path,
      Duration within) {
    CompletableFuture<HttpResponse<byte[]>> exchange;
    try {
      HttpRequest request =
          method.apply(
              HttpRequest.newBuilder(URI.create("http://" + node.apiAddress() + path))
                  .header("Authorization", "Bearer " + token.orElseThrow())
                  .header("Accept", "application/json"));
      exchange =
          http.sendAsync(
              request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
    } catch (IllegalArgumentException e) {
      return new NodeAnswer.Silent("'" + node.apiAddress() + "' is no address of an API");
    }
    try {
      // The client's own time-out ends with the headers.
      return result(node, exchange.get(within.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new NodeAnswer.Silent(
          "nothing from " + node.apiAddress() + " within " + Texts.longer(within));
    } catch (ExecutionException e) {
      return new NodeAnswer.Silent(node.apiAddress() + " " + why(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new NodeAnswer.Silent("the console stops");
    } finally {
      exchange.cancel(true);
    }
  }

  private static String why(@Nullable Throwable failure) {
    return switch (failure) {
      case ConnectException _ -> "cannot be reached";
      case HttpTimeoutException _ -> "cannot be reached in time";
      case null, default -> "breaks off: " + failure;
    };
  }

  private static NodeAnswer.Result result(NodeRow node, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == UNAUTHORIZED) {
      return new NodeAnswer.Refused("it has another token: console.api-token is not its api.token");
    }
    try {
      if (status != OK) {
        return new NodeAnswer.Refused(detail(status, response.body()));
      }
      NodeServices services = JSON.readValue(response.body(), NodeServices.class);
      return node.id().equals(services.node())
          ? new NodeAnswer.Answered(services)
          : new NodeAnswer.Silent(
              "at " + node.apiAddress() + " there is another node, " + services.node());
    } catch (IOException e) {
      return new NodeAnswer.Silent(
          "what " + node.apiAddress() + " answers is not understood (HTTP " + status + ")");
    }
  }

  /** Of a problem document. */
  private static String detail(int status, byte[] body) throws IOException {
    try {
      return JSON.readTree(body).path("detail").asText("HTTP " + status);
    } catch (JacksonException e) {
      return "HTTP " + status;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    workers.shutdownNow();
  }
}
