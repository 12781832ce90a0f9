package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.OperatorStore;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionRow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends sessions, wherever in the cluster they are. */
final class KickResource {
  private static final Logger log = LoggerFactory.getLogger(KickResource.class);
  private static final String BY = "api";
  private static final Set<String> PARAMETERS = Set.of("reason", "ban_for");
  private static final int MAX_REASON_CHARS = 200;
  private static final Duration MAX_BAN = Duration.ofDays(366);

  private final SessionDirectory directory;
  private final OperatorStore operators;
  private final JmsBridge bridge;
  private final InstantSource clock;

  KickResource(
      SessionDirectory directory, OperatorStore operators, JmsBridge bridge, InstantSource clock) {
    this.directory = directory;
    this.operators = operators;
    this.bridge = bridge;
    this.clock = clock;
  }

  /** What was asked, in an answer. */
  record Asked(
      UUID session,
      String user,
      String device,
      String node,
      String reason,
      @Nullable Duration banFor) {}

  Answer kick(ServerRequest request) throws BrokerUnavailableException {
    var query = new Query(request.query(), PARAMETERS);
    String reason = reason(query);
    Optional<Duration> banFor = query.duration("ban_for", MAX_BAN);
    SessionRow row = SessionsResource.find(directory, SessionsResource.id(request));
    try {
      bridge.command(new Command.Kick(row.id(), reason, BY, banFor));
    } catch (BrokerUnavailableException e) {
      audit(row, reason, banFor, "failed: the broker is away");
      throw e;
    }
    audit(row, reason, banFor, "asked");
    return Answer.accepted(
        new Asked(row.id(), row.user(), row.device(), row.node(), reason, banFor.orElse(null)));
  }

  private static String reason(Query query) {
    String reason =
        query.text("reason").orElseThrow(() -> ApiException.parameter("reason", "is missing"));
    if (reason.length() > MAX_REASON_CHARS || reason.chars().anyMatch(Character::isISOControl)) {
      throw ApiException.parameter(
          "reason", "must have at most " + MAX_REASON_CHARS + " characters and no control ones");
    }
    return reason;
  }

  /** It is done by then: a record that cannot be written must not make it look undone. */
  private void audit(SessionRow row, String reason, Optional<Duration> banFor, String outcome) {
    String detail =
        "user %s, device %s: %s%s"
            .formatted(
                row.user(),
                row.device(),
                reason,
                banFor.map(duration -> "; banned for " + duration).orElse(""));
    try {
      operators.record(
          new OperatorStore.Action(
              clock.instant(), BY, BY, "kick", Optional.of(row.id().toString()), detail, outcome));
    } catch (RuntimeException e) {
      log.error("not recorded: kick of {}, {}, {}", row.id(), detail, outcome, e);
    }
  }
}
