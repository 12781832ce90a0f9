package io.trunkline.console;

import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Command;
import io.trunkline.jms.Draft;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Target;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.StoredMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to sessions and messages; each act is recorded, a failed one too. Thread-safe;
 * blocks.
 */
final class OperatorActions {
  static final int MAX_REASON = 200;
  private static final int MAX_DETAIL = 200;
  private static final Logger log = LoggerFactory.getLogger(OperatorActions.class);

  private final JmsBridge bridge;
  private final ActionLog actions;
  private final MessageStore messages;

  OperatorActions(JmsBridge bridge, ActionLog actions, MessageStore messages) {
    this.bridge = bridge;
    this.actions = actions;
    this.messages = messages;
  }

  /** Asks the nodes to end a session; its end shows in the session feed. */
  void kick(Operator by, SessionRow session, String reason, Optional<Duration> banFor)
      throws BrokerUnavailableException {
    String detail =
        session.user()
            + "/"
            + session.device()
            + ": "
            + reason
            + banFor.map(time -> " (banned for " + Texts.duration(time) + ")").orElse("");
    try {
      bridge.command(new Command.Kick(session.id(), reason, by.name(), banFor));
    } catch (BrokerUnavailableException e) {
      actions.record(by, "kick", session.id().toString(), detail, "failed: broker away");
      throw e;
    }
    actions.record(by, "kick", session.id().toString(), detail, "sent");
  }

  /** Publishes a test message. */
  JmsBridge.Publication push(Operator by, Draft draft, String text, Consumer<Receipt> receipts)
      throws BrokerUnavailableException {
    String target = describe(draft.target());
    String detail = draft.type() + ": " + Texts.shortened(text, MAX_DETAIL);
    try {
      JmsBridge.Publication publication = bridge.publish(draft, receipts);
      actions.record(by, "push", target, detail, "sent " + publication.messageId());
      return publication;
    } catch (BrokerUnavailableException e) {
      actions.record(by, "push", target, detail, "failed: broker away");
      throw e;
    }
  }

  /**
   * Puts dead messages back, one after the other, until all are done or the database is away. Which
   * ones stands in their traces.
   */
  RetryOutcome retry(Operator by, List<StoredMessage> dead) {
    int retried = 0;
    int notDead = 0;
    try {
      for (StoredMessage message : dead) {
        if (messages.retry(
            message.message().stream(), message.epoch(), message.offset(), by.name())) {
          retried++;
        } else {
          notDead++;
        }
      }
    } catch (RuntimeException e) {
      log.warn("Only {} of {} messages retried: {}", retried + notDead, dead.size(), e.toString());
    }
    var outcome = new RetryOutcome(dead.size(), retried, notDead);
    if (!dead.isEmpty()) {
      String target =
          dead.size() == 1
              ? dead.getFirst().message().id()
              : Texts.count(dead.size()) + " dead letters";
      actions.record(by, "retry", target, retryDetail(dead), outcome.words());
    }
    return outcome;
  }

  private static String retryDetail(List<StoredMessage> dead) {
    StoredMessage first = dead.getFirst();
    return dead.size() == 1
        ? Texts.target(first.message()) + ": " + first.message().type()
        : Texts.shortened(
            dead.stream()
                .limit(MAX_DETAIL)
                .map(message -> message.message().id())
                .collect(Collectors.joining(", ")),
            MAX_DETAIL);
  }

  static String describe(Target target) {
    return switch (target) {
      case Target.Everyone() -> "everyone";
      case Target.User(String user, Optional<String> device) ->
          device.map(one -> user + "/" + one).orElse(user);
      case Target.OneSession(var session) -> session.toString();
      case Target.Topic(String topic) -> "topic " + topic;
      case Target.Audience(String selector) -> "audience " + selector;
    };
  }
}
