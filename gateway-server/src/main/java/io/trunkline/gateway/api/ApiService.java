package io.trunkline.gateway.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.trunkline.jms.BrokerUnavailableException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything under {@link Endpoint#ROOT}: a token first, then one resource. */
final class ApiService implements HttpService {
  private final BearerToken token;
  private final SessionsResource sessions;
  private final KickResource kicks;
  private final CallsResource calls;
  private final AudiencesResource audiences;
  private final NotificationsResource notifications;
  private final DeliveriesResource deliveries;
  private final TopicsResource topics;
  private final NodesResource nodes;
  private final GoneNodesResource goneNodes;
  private final AssignResource assignment;
  private final DrainResource drains;
  private final ServicesResource services;

  ApiService(ManagementApi.Parts parts) {
    var database = parts.database();
    token = new BearerToken(parts.config().token());
    sessions =
        new SessionsResource(database.sessions(), new LocalSessions(parts.node(), parts.lanes()));
    kicks =
        new KickResource(
            database.sessions(), database.operators(), parts.bridge(), Clock.systemUTC());
    var records = new OperatorRecords(database.operators());
    calls = new CallsResource(parts, new CallRecords(records, Clock.systemUTC()));
    audiences = new AudiencesResource(database.sessions());
    notifications = new NotificationsResource(parts.bridge(), database.nodes());
    deliveries =
        new DeliveriesResource(
            database.messages(), database.sessions(), database.operators(), Clock.systemUTC());
    topics = new TopicsResource(parts.node(), parts.streams().topicCounts());
    nodes = new NodesResource(database.nodes());
    goneNodes =
        new GoneNodesResource(
            database.nodes(), parts.gone(), database.operators(), Clock.systemUTC());
    services =
        new ServicesResource(parts.node(), parts.uplink().routes(), records, Clock.systemUTC());
    assignment = new AssignResource(token, parts.cluster());
    drains =
        new DrainResource(
            database.nodes(),
            database.operators(),
            parts.bridge(),
            parts.cluster().config(),
            Clock.systemUTC());
  }

  private interface Resource {
    Answer answer(ServerRequest request) throws BrokerUnavailableException;
  }

  private Resource resource(Endpoint endpoint) {
    return switch (endpoint) {
      case LIST_SESSIONS -> sessions::list;
      case GET_SESSION -> sessions::one;
      case KICK_SESSION -> kicks::kick;
      case CALL_SESSION -> calls::callSession;
      case CALL_SERVICE -> calls::callService;
      case COUNT_AUDIENCE -> audiences::count;
      case POST_NOTIFICATION -> notifications::post;
      case GET_NOTIFICATION -> deliveries::one;
      case RETRY_NOTIFICATION -> deliveries::retry;
      case LIST_DEAD_LETTERS -> deliveries::dead;
      case LIST_TOPICS -> topics::list;
      case LIST_NODES -> nodes::list;
      case FORGET_NODE -> goneNodes::forget;
      case ASSIGN_NODE -> assignment::assign;
      case DRAIN_NODE -> drains::drain;
      case UNDRAIN_NODE -> drains::undrain;
      case LIST_SERVICES -> services::list;
      case RELOAD_SERVICES -> services::reload;
    };
  }

  @Override
  public void routing(HttpRules rules) {
    // Before the operators' token: a client's own opens this one.
    route(rules, Endpoint.ASSIGN_NODE);
    rules.any(token);
    for (Endpoint endpoint : Endpoint.values()) {
      if (endpoint != Endpoint.ASSIGN_NODE) {
        route(rules, endpoint);
      }
    }
    allowed().forEach((path, methods) -> rules.any(path, refuse(methods)));
  }

  private void route(HttpRules rules, Endpoint endpoint) {
    Resource resource = resource(endpoint);
    rules.route(
        endpoint.method(),
        endpoint.path(),
        (Handler) (request, response) -> send(response, resource.answer(request)));
  }

  private static Map<String, String> allowed() {
    return Stream.of(Endpoint.values())
        .collect(
            Collectors.groupingBy(
                Endpoint::path,
                LinkedHashMap::new,
                Collectors.mapping(
                    endpoint -> endpoint.method().text(), Collectors.joining(", "))));
  }

  private static Handler refuse(String methods) {
    return (request, response) -> {
      response.header(HeaderNames.ALLOW, methods);
      throw new ApiException(ProblemType.METHOD_NOT_ALLOWED, "allowed here: " + methods);
    };
  }

  private static void send(ServerResponse response, Answer answer) {
    response.status(answer.status());
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(Json.bytes(answer.body()));
  }
}
