package io.trunkline.client;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Asks the installation where this client should connect ({@code GET /api/v1/nodes/assign}), with
 * the client's own token and away from the event loop.
 */
final class Assigner {
  private static final String PATH = "/api/v1/nodes/assign";
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_ADDRESSES = 64;
  private static final Duration LONGEST_KEPT = Duration.ofHours(1);
  private static final int OK = 200;

  private final URI address;
  private final ClientThreads threads;
  private final TokenSource tokens;
  private final Duration timeout;

  /**
   * What came of it.
   *
   * @param addresses empty: nothing, and {@code failure} says why
   * @param keep how long nobody needs to ask again
   */
  record Answer(List<String> addresses, Duration keep, String failure) {
    static Answer failed(String why) {
      return new Answer(List.of(), Duration.ZERO, why);
    }
  }

  /**
   * @param timeout for the whole exchange
   */
  Assigner(URI address, ClientThreads threads, TokenSource tokens, Duration timeout) {
    this.address = whole(address);
    this.threads = threads;
    this.tokens = tokens;
    this.timeout = timeout;
  }

  /**
   * The address with the path that gateways have, if it has none.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  static URI whole(URI given) {
    String scheme = given.getScheme();
    if ((!"http".equals(scheme) && !"https".equals(scheme)) || given.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + given + "' is no address to ask: http://host:port, with or without a path");
    }
    String path = given.getRawPath();
    if (path != null && !path.isEmpty() && !path.equals("/")) {
      return given;
    }
    String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
    return URI.create(scheme + "://" + given.getRawAuthority() + PATH + query);
  }

  /**
   * Asks; {@code then} is called once, on the event loop.
   *
   * @throws RejectedExecutionException the callback executor is shut down
   */
  void ask(Consumer<Answer> then) {
    threads.callbacks().execute(() -> askWithToken(then));
  }

  private void askWithToken(Consumer<Answer> then) {
    String token;
    try {
      token = tokens.get();
    } catch (RuntimeException e) {
      answer(then, Answer.failed("there is no token: " + e));
      return;
    }
    // Not here: the callback executor may be the event loop, and names are resolved by who asks.
    SharedThreads.services().execute(() -> answer(then, exchange(token)));
  }

  private void answer(Consumer<Answer> then, Answer answer) {
    threads.onLoop(() -> then.accept(answer));
  }

  private Answer exchange(String token) {
    HttpRequest request;
    try {
      request =
          HttpRequest.newBuilder(address)
              .timeout(timeout)
              .header("Authorization", "Bearer " + token)
              .header("Accept", "application/json")
              .build();
    } catch (IllegalArgumentException e) {
      return Answer.failed("the token is none that a header can carry");
    }
    CompletableFuture<HttpResponse<byte[]>> exchange =
        SharedThreads.http().sendAsync(request, LimitedBody.of(MAX_BYTES));
    try {
      HttpResponse<byte[]> response = exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return response.statusCode() == OK
          ? read(new String(response.body(), StandardCharsets.UTF_8))
          : Answer.failed("answered with status " + response.statusCode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("interrupted");
    } catch (ExecutionException e) {
      return Answer.failed(
          e.getCause() instanceof HttpTimeoutException
              ? "no answer in time"
              : String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      exchange.cancel(true);
      return Answer.failed("no answer in time");
    }
  }

  static Answer read(String body) {
    try {
      JsonObject object = JsonParser.parseString(body).getAsJsonObject();
      List<String> addresses = new ArrayList<>();
      for (JsonElement node : object.getAsJsonArray("nodes")) {
        addresses.add(node.getAsJsonObject().get("address").getAsString());
      }
      long keepMs = object.has("cache_for_ms") ? object.get("cache_for_ms").getAsLong() : 0;
      Duration keep = Duration.ofMillis(Math.min(Math.max(0, keepMs), LONGEST_KEPT.toMillis()));
      return addresses.isEmpty()
          ? Answer.failed("names no node")
          : new Answer(addresses.subList(0, Math.min(addresses.size(), MAX_ADDRESSES)), keep, "");
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | NullPointerException
        | ClassCastException e) {
      return Answer.failed("answered something that is no assignment");
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
