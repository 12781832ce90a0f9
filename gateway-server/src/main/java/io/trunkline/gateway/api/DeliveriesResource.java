package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.OperatorStore;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What became of stored messages, and dead letters. */
final class DeliveriesResource {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  /** By position, so far back only: dead letters are there to be dealt with, not to be kept. */
  private static final int MAX_OFFSET = 1_000_000;

  private static final Set<String> NONE = Set.of();
  private static final Set<String> LIST = Set.of("user", "offset", "limit");

  private final MessageStore store;
  private final SessionDirectory sessions;
  private final OperatorStore operators;
  private final InstantSource clock;

  DeliveriesResource(
      MessageStore store, SessionDirectory sessions, OperatorStore operators, InstantSource clock) {
    this.store = store;
    this.sessions = sessions;
    this.operators = operators;
    this.clock = clock;
  }

  /**
   * One message.
   *
   * @param deliveries more than one if the publisher used the id for several targets
   */
  record Found(String id, List<DeliveryView> deliveries) {}

  /**
   * Dead letters.
   *
   * @param total how many there are, by the same filter
   */
  record DeadLetters(List<DeliveryView> messages, long total) {}

  /** How many were put back. */
  record Retried(String id, int retried) {}

  Answer one(ServerRequest request) {
    new Query(request.query(), NONE);
    String id = request.path().pathParameters().get("id");
    List<StoredMessage> found = find(id);
    return Answer.ok(
        new Found(
            id,
            found.stream()
                .map(
                    stored ->
                        DeliveryView.of(
                            stored,
                            store.trace(
                                stored.message().stream(),
                                stored.epoch(),
                                stored.offset(),
                                DeliveryView.MAX_STEPS + 1),
                            sessions(stored)))
                .toList()));
  }

  /** Of who is waited for. */
  private List<SessionRow> sessions(StoredMessage stored) {
    StreamKey stream = stored.message().stream();
    return stored.state() == MessageState.PENDING && stream.kind() == StreamKey.Kind.USER
        ? sessions.ofUsers(List.of(stream.name()))
        : List.of();
  }

  private List<StoredMessage> find(String id) {
    List<StoredMessage> found = store.find(id);
    if (found.isEmpty()) {
      throw new ApiException(
          ProblemType.NOT_FOUND,
          "no stored message has this id; one that is not persistent leaves no trace, one that was"
              + " just published may not be stored yet");
    }
    return found;
  }

  Answer dead(ServerRequest request) {
    var query = new Query(request.query(), LIST);
    int limit = query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    int offset = query.number("offset", 0, MAX_OFFSET, 0);
    return Answer.ok(
        new DeadLetters(
            store.dead(query.text("user"), offset, limit).stream().map(DeliveryView::of).toList(),
            store.countDead(query.text("user"))));
  }

  Answer retry(ServerRequest request) {
    new Query(request.query(), NONE);
    String id = request.path().pathParameters().get("id");
    int retried = 0;
    for (StoredMessage stored : find(id)) {
      if (stored.state() == MessageState.DEAD
          && store.retry(stored.message().stream(), stored.epoch(), stored.offset(), "api")) {
        retried++;
      }
    }
    operators.record(
        new OperatorStore.Action(
            clock.instant(),
            "api",
            "api",
            "retry",
            Optional.of(id),
            "dead letter",
            retried > 0 ? "retried " + retried : "none was dead"));
    if (retried == 0) {
      throw new ApiException(
          ProblemType.CONFLICT, "no message of this id is a dead letter (any more)");
    }
    return Answer.accepted(new Retried(id, retried));
  }
}
