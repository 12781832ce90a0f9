package io.trunkline.console;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.console.NodeHttp.Reply;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Asks the nodes' management APIs: all at once for what only they know, one of them for what any
 * can do. A node that does not answer in time holds up nobody. Thread-safe; blocks.
 */
final class NodeApi implements AutoCloseable {
  private static final String SERVICES = "/api/v1/services";
  private static final String NODES = "/api/v1/nodes/";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** Opening back ends takes its time, and so does a broker. */
  private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(15);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private final Duration timeout;
  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("node-api-", 0).factory());
  private final NodeHttp http;

  /** What became of a node that is to be forgotten. */
  sealed interface Forgetting {
    /**
     * It is forgotten.
     *
     * @param messages that waited for it in the broker and are gone
     */
    record Done(long messages) implements Forgetting {}

    /** Nobody knows it any more: it was forgotten before. */
    record Unknown() implements Forgetting {}

    /** It lives, or its subscription is in use. */
    record Lives() implements Forgetting {}

    /**
     * Nothing is done, or nobody knows.
     *
     * @param why by node that was asked
     */
    record Failed(String why) implements Forgetting {}
  }

  /** What a node says of one that it has forgotten. */
  private record Forgotten(String node, long messages) {}

  /**
   * @param token without one nobody is asked
   */
  NodeApi(Optional<String> token, Duration timeout) {
    this.timeout = timeout;
    this.http = new NodeHttp(token, timeout, workers);
  }

  boolean hasToken() {
    return http.hasToken();
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
        changeTimeout());
  }

  /**
   * Has one of the nodes forget another that is gone. Who does not answer is passed over: it may be
   * done twice without harm.
   *
   * @param asked at least one, in this order
   */
  Forgetting forget(List<NodeRow> asked, String gone) {
    String why = "";
    for (NodeRow node : asked) {
      Reply reply =
          http.exchange(node, request -> request.DELETE().build(), NODES + gone, changeTimeout());
      switch (reply) {
        case Reply.Given(int status, String body) -> {
          return forgetting(node, gone, status, body);
        }
        case Reply.WrongToken wrong -> why = node.id() + ": " + wrong.why();
        case Reply.None(String silent) -> why = node.id() + ": " + silent;
      }
    }
    return new Forgetting.Failed(why);
  }

  private static Forgetting forgetting(NodeRow asked, String gone, int status, String body) {
    try {
      return switch (status) {
        case OK -> {
          Forgotten forgotten = JSON.readValue(body, Forgotten.class);
          yield gone.equals(forgotten.node())
              ? new Forgetting.Done(forgotten.messages())
              : notUnderstood(asked, status);
        }
        case NOT_FOUND -> new Forgetting.Unknown();
        case CONFLICT -> new Forgetting.Lives();
        default -> new Forgetting.Failed(asked.id() + ": " + detail(status, body));
      };
    } catch (IOException e) {
      return notUnderstood(asked, status);
    }
  }

  private static Forgetting notUnderstood(NodeRow asked, int status) {
    return new Forgetting.Failed(asked.id() + ": " + misunderstood(asked, status));
  }

  private Duration changeTimeout() {
    return timeout.compareTo(CHANGE_TIMEOUT) > 0 ? timeout : CHANGE_TIMEOUT;
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
                        () ->
                            new NodeAnswer(
                                node.id(),
                                result(node, http.exchange(node, method, path, within)))))
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

  private static NodeAnswer.Result result(NodeRow node, Reply reply) {
    return switch (reply) {
      case Reply.None(String why) -> new NodeAnswer.Silent(why);
      case Reply.WrongToken wrong -> new NodeAnswer.Refused(wrong.why());
      case Reply.Given(int status, String body) -> services(node, status, body);
    };
  }

  private static NodeAnswer.Result services(NodeRow node, int status, String body) {
    try {
      if (status != OK) {
        return new NodeAnswer.Refused(detail(status, body));
      }
      NodeServices services = JSON.readValue(body, NodeServices.class);
      return node.id().equals(services.node())
          ? new NodeAnswer.Answered(services)
          : new NodeAnswer.Silent(
              "at " + node.apiAddress() + " there is another node, " + services.node());
    } catch (IOException e) {
      return new NodeAnswer.Silent(misunderstood(node, status));
    }
  }

  private static String misunderstood(NodeRow node, int status) {
    return "what " + node.apiAddress() + " answers is not understood (HTTP " + status + ")";
  }

  /** Of a problem document. */
  private static String detail(int status, String body) throws IOException {
    try {
      return JSON.readTree(body).path("detail").asText("HTTP " + status);
    } catch (JacksonException e) {
      return "HTTP " + status;
    }
  }

  @Override
  public void close() {
    http.close();
    workers.shutdownNow();
  }
}
