package io.trunkline.console;

import io.trunkline.console.MessageReport.Delivery;
import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.Standing;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what is stored under an id, and tells its story. Thread-safe; blocks. */
final class MessageLookup {
  static final int MAX_DELIVERIES = 20;
  static final int MAX_STEPS = 200;
  private static final String JMS_PREFIX = "ID:";
  private static final byte[] NO_PAYLOAD = {};
  private static final Logger log = LoggerFactory.getLogger(MessageLookup.class);

  private final MessageStore messages;
  private final SessionDirectory sessions;

  MessageLookup(Stores stores) {
    this.messages = stores.messages();
    this.sessions = stores.sessions();
  }

  /**
   * Reads all there is.
   *
   * @param id a publisher's, or a JMS message id with or without its {@code ID:}
   */
  MessageReport read(String id) {
    try {
      List<StoredMessage> found = new ArrayList<>(messages.find(id));
      if (!id.startsWith(JMS_PREFIX)) {
        found.addAll(messages.find(JMS_PREFIX + id));
      }
      if (found.isEmpty()) {
        return new MessageReport.NotFound();
      }
      List<StoredMessage> shown = found.stream().limit(MAX_DELIVERIES).toList();
      Map<String, List<SessionRow>> present = sessionsOfPending(shown);
      return new MessageReport.Found(
          shown.stream().map(message -> delivery(message, present)).toList(),
          found.size() > shown.size());
    } catch (RuntimeException e) {
      log.warn("Message {} cannot be read: {}", id, e.toString());
      return new MessageReport.Unreadable();
    }
  }

  private Delivery delivery(StoredMessage message, Map<String, List<SessionRow>> present) {
    List<DeliveryStep> steps =
        messages.trace(
            message.message().stream(), message.epoch(), message.offset(), MAX_STEPS + 1);
    boolean more = steps.size() > MAX_STEPS;
    return new Delivery(
        withoutPayload(message),
        message.message().payload().length,
        more ? steps.subList(0, MAX_STEPS) : steps,
        more,
        Standing.waitsFor(
            message, steps, present.getOrDefault(message.message().stream().name(), List.of())));
  }

  private Map<String, List<SessionRow>> sessionsOfPending(List<StoredMessage> shown) {
    List<String> users =
        shown.stream()
            .filter(message -> message.state() == MessageState.PENDING)
            .map(message -> message.message().stream())
            .filter(stream -> stream.kind() == StreamKey.Kind.USER)
            .map(StreamKey::name)
            .distinct()
            .toList();
    return users.isEmpty()
        ? Map.of()
        : sessions.ofUsers(users).stream().collect(Collectors.groupingBy(SessionRow::user));
  }

  /** A page does not show it, and a window that stays open should not keep it. */
  static StoredMessage withoutPayload(StoredMessage stored) {
    NewMessage message = stored.message();
    return new StoredMessage(
        new NewMessage(
            message.stream(),
            message.id(),
            message.publication(),
            message.recipients(),
            message.expected(),
            message.type(),
            message.contentType(),
            NO_PAYLOAD,
            message.key(),
            message.priority(),
            message.publishedAt(),
            message.expiresAt(),
            message.replyTo()),
        stored.epoch(),
        stored.offset(),
        stored.state(),
        stored.attempts(),
        stored.storedAt());
  }
}
