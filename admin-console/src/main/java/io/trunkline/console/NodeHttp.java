package io.trunkline.console;

import io.trunkline.persistence.NodeStore.NodeRow;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request to the management API of one node, with the token, in bounded time and size.
 * Thread-safe; blocks.
 */
final class NodeHttp implements AutoCloseable {
  private static final long MAX_ANSWER_BYTES = 8L << 20;
  private static final int UNAUTHORIZED = 401;

  private final Optional<String> token;
  private final HttpClient http;

  /** How a request ended. */
  sealed interface Reply {
    /** The node has answered. */
    record Given(int status, String body) implements Reply {}

    /** It does not take the token. */
    record WrongToken() implements Reply {
      String why() {
        return "it has another token: console.api-token is not its api.token";
      }
    }

    /** No answer; whether the node has done what was asked is not known. */
    record None(String why) implements Reply {}
  }

  /**
   * @param token without one nobody may be asked
   * @param workers run the client's own work
   */
  NodeHttp(Optional<String> token, Duration connectTimeout, ExecutorService workers) {
    this.token = token;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // the token is for nodes alone
            .connectTimeout(connectTimeout)
            .executor(workers)
            .build();
  }

  boolean hasToken() {
    return token.isPresent();
  }

  Reply exchange(
      NodeRow node,
      Function<HttpRequest.Builder, HttpRequest> method,
      String path,
      Duration within) {
    CompletableFuture<HttpResponse<String>> exchange;
    try {
      HttpRequest request =
          method.apply(
              HttpRequest.newBuilder(URI.create("http://" + node.apiAddress() + path))
                  .header("Authorization", "Bearer " + token.orElseThrow())
                  .header("Accept", "application/json"));
      exchange =
          http.sendAsync(
              request,
              BodyHandlers.limiting(
                  BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_ANSWER_BYTES));
    } catch (IllegalArgumentException e) {
      return new Reply.None("'" + node.apiAddress() + "' is no address of an API");
    }
    try {
      // The client's own time-out ends with the headers.
      HttpResponse<String> response = exchange.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return response.statusCode() == UNAUTHORIZED
          ? new Reply.WrongToken()
          : new Reply.Given(response.statusCode(), response.body());
    } catch (TimeoutException e) {
      return new Reply.None(
          "nothing from " + node.apiAddress() + " within " + Texts.longer(within));
    } catch (ExecutionException e) {
      return new Reply.None(node.apiAddress() + " " + why(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.None("the console stops");
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

  @Override
  public void close() {
    http.shutdownNow();
  }
}
