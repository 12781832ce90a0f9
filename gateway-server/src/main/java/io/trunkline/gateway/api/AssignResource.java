package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.auth.Verification;
import io.trunkline.gateway.cluster.NodeChoice;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a client should connect. Programs of the operators ask for any user, with the API's token;
 * a client asks for itself, with its own.
 */
final class AssignResource {
  private static final Set<String> PARAMETERS = Set.of("user", "n", "by");
  private static final String BY_LOAD = "load";
  private static final String BY_USER = "user";
  private static final int MAX_NODES = 16;
  private static final int DEFAULT_NODES = 3;
  private static final int MAX_USER_CHARS = 128;

  private final BearerToken operators;
  private final TokenVerifier clients;
  private final NodeChoice choice;

  /** What is known of the others is renewed as often as the lease. */
  private final Duration renewed;

  AssignResource(BearerToken operators, ManagementApi.Cluster cluster) {
    this.operators = operators;
    clients = cluster.verifier();
    choice = cluster.choice();
    renewed = cluster.config().lease().dividedBy(3);
  }

  /** A node in an answer. */
  record Assigned(String id, String address) {}

  /**
   * Where to connect, the best first.
   *
   * @param cacheForMs how long a client may go on with it instead of asking again
   */
  record Assignment(String by, long cacheForMs, List<Assigned> nodes) {}

  Answer assign(ServerRequest request) {
    Optional<String> own = client(request);
    var query = new Query(request.query(), PARAMETERS);
    Optional<String> asked = query.text("user");
    if (asked.isPresent() && asked.get().length() > MAX_USER_CHARS) {
      throw ApiException.parameter("user", "must have at most " + MAX_USER_CHARS + " characters");
    }
    if (own.isPresent() && asked.isPresent() && !own.equals(asked)) {
      throw new ApiException(
          ProblemType.FORBIDDEN, "a client asks for its own user only, whom its token names");
    }
    Optional<String> user = own.or(() -> asked);
    String by = query.oneOf("by", List.of(BY_LOAD, BY_USER)).orElse(BY_LOAD);
    int limit = query.number("n", 1, MAX_NODES, DEFAULT_NODES);
    List<NodeRow> nodes =
        by.equals(BY_LOAD)
            ? choice.byLoad(limit)
            : choice.byUser(
                user.orElseThrow(() -> ApiException.parameter("user", "is missing")), limit);
    if (nodes.isEmpty()) {
      throw new ApiException(ProblemType.NO_NODE, "no node takes clients at present");
    }
    return Answer.ok(
        new Assignment(
            by,
            renewed.toMillis(),
            nodes.stream().map(node -> new Assigned(node.id(), node.clientAddress())).toList()));
  }

  /** The user whose client asks; empty: a program of the operators. */
  private Optional<String> client(ServerRequest request) {
    String token =
        BearerToken.shown(request)
            .orElseThrow(
                () ->
                    unauthorized(
                        "show the API's token, or a client's: Authorization: Bearer <token>"));
    if (operators.isShown(token)) {
      return Optional.empty();
    }
    return switch (clients.verify(token)) {
      case Verification.Valid valid -> Optional.of(valid.user());
      case Verification.Expired expired ->
          throw unauthorized("the token expired at " + expired.at());
      case Verification.Invalid _ ->
          throw unauthorized("this is neither the API's token nor a valid one of a client");
      case Verification.Unavailable _ ->
          throw new ApiException(ProblemType.KEYS_AWAY, "tokens cannot be verified at present");
    };
  }

  private static ApiException unauthorized(String told) {
    return new ApiException(ProblemType.UNAUTHORIZED, told);
  }
}
