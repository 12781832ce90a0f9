package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.gateway.uplink.UplinkCaller;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.Caller;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.SessionRow;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Calls of operators: to a service, as a client would call it, and to the client of one session.
 * How the call ended is in the answer, whose own status is about the request.
 */
final class CallsResource {
  private static final String BY = "api";

  private final Uplink uplink;
  private final SessionRegistry registry;
  private final Database database;
  private final Downlink downlink;
  private final CallRecords records;

  CallsResource(ManagementApi.Parts parts, CallRecords records) {
    uplink = parts.uplink();
    registry = parts.registry();
    database = parts.database();
    downlink = parts.downlink();
    this.records = records;
  }

  Answer callService(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    String service = request.path().pathParameters().get("service");
    CallBody body = CallBody.to(service, RequestBody.json(request));
    if (!uplink.offers(service)) {
      throw new ApiException(ProblemType.NOT_FOUND, "there is no service '" + service + "'");
    }
    return made(
        body, service, () -> uplink.call(UplinkCaller.operator(BY), body.call(), body.oneWay()));
  }

  Answer callSession(ServerRequest request) {
    var _ = new Query(request.query(), Set.of());
    UUID id = SessionsResource.id(request);
    CallBody body = CallBody.withService(RequestBody.json(request));
    Caller caller = session(id).calls();
    return made(
        body,
        id.toString(),
        () -> body.oneWay() ? caller.callOneWay(body.call()) : caller.call(body.call()));
  }

  private Session session(UUID id) {
    return registry.find(id).orElseThrow(() -> elsewhere(id));
  }

  private ApiException elsewhere(UUID id) {
    Optional<String> holder = downlink.otherHolder(id);
    if (holder.isEmpty()) {
      SessionRow row = SessionsResource.find(database.sessions(), id);
      return new ApiException(
          ProblemType.CONFLICT, "session " + row.id() + " has no connection at present");
    }
    Optional<String> address =
        database.nodes().list().stream()
            .filter(other -> other.id().equals(holder.get()))
            .map(NodeStore.NodeRow::apiAddress)
            .findFirst();
    return ApiException.otherNode(
        "node " + holder.get() + " holds session " + id + ": ask its API", holder.get(), address);
  }

  private interface Attempt {
    CompletableFuture<CallResult> make();
  }

  private Answer made(CallBody body, String target, Attempt attempt) {
    long startNs = System.nanoTime();
    // On a virtual thread; completes by its deadline.
    CallResult result = attempt.make().join();
    Duration took = Duration.ofNanos(System.nanoTime() - startNs);
    records.called(BY, target, body.call(), result);
    CallView view = CallView.of(result, took);
    return body.oneWay() && result.ok() ? Answer.accepted(view) : Answer.ok(view);
  }
}
