package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of {@link Destinations#DOWNLINK}. Nothing of a body is ever deserialized.
 * Stateless but for its limit.
 */
final class DownlinkParser {
  private static final int NAME_CHARS = 128;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BYTES = "application/octet-stream";

  /** Destinations that no receipt goes to: they would be taken for messages or commands. */
  private static final List<String> RESERVED = List.of("trunkline.", "activemq.", "$");

  private final int maxBodyBytes;

  DownlinkParser(int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /** What a message turned out to be. */
  sealed interface Parsed {
    record Understood(DownlinkMessage message) implements Parsed {}

    record Refused(Reject reject) implements Parsed {}
  }

  Parsed parse(Message message) {
    try {
      return new Parsed.Understood(read(message));
    } catch (RejectedException e) {
      return new Parsed.Refused(e.reject);
    } catch (JMSException | RuntimeException e) {
      // Damaged properties and bodies show themselves in many ways; none may stop the subscription.
      return new Parsed.Refused(
          new Reject(RejectCode.UNREADABLE, "it cannot be read: " + Connector.firstLine(e)));
    }
  }

  private DownlinkMessage read(Message message) throws JMSException, RejectedException {
    Map<String, String> properties = properties(message);
    String body = body(message);
    byte[] payload = payload(message);
    String messageId = message.getJMSMessageID();
    long expiration = message.getJMSExpiration();
    return new DownlinkMessage(
        id(properties, messageId),
        target(properties),
        expect(properties),
        properties.getOrDefault(Properties.TYPE, ""),
        properties.getOrDefault(Properties.CONTENT_TYPE, body),
        payload,
        Optional.ofNullable(properties.get(Properties.KEY)),
        message.getJMSDeliveryMode() == jakarta.jms.DeliveryMode.PERSISTENT,
        message.getJMSPriority(),
        published(properties, message),
        expiration > 0 ? Optional.of(Instant.ofEpochMilli(expiration)) : Optional.empty(),
        replyTo(message),
        Optional.ofNullable(message.getJMSCorrelationID()),
        properties.containsKey(Properties.NODE));
  }

  private static Map<String, String> properties(Message message)
      throws JMSException, RejectedException {
    Map<String, String> properties = new HashMap<>();
    for (String name : Properties.names(message)) {
      if (name.startsWith(Properties.PREFIX)) {
        if (!Properties.DOWNLINK.contains(name)) {
          throw new RejectedException(
              RejectCode.UNKNOWN_PROPERTY, "property " + shown(name) + " is not known");
        }
        properties.put(name, text(name, message.getObjectProperty(name)));
      }
    }
    if (!properties.containsKey(Properties.NODE)
        && (properties.containsKey(Properties.ORIGIN_ID)
            || properties.containsKey(Properties.PUBLISHED))) {
      throw invalid(
          Properties.ORIGIN_ID + " and " + Properties.PUBLISHED + " are set by nodes only");
    }
    return properties;
  }

  private static String text(String name, @Nullable Object value) throws RejectedException {
    if (!(value instanceof String text)) {
      String type = value == null ? "null" : value.getClass().getSimpleName();
      throw invalid("property " + name + " must be a string, not " + type);
    }
    if (text.isEmpty()) {
      throw invalid("property " + name + " is empty; leave it out instead");
    }
    // Message ids of other protocols can be long.
    boolean longer = name.equals(Properties.AUDIENCE) || name.equals(Properties.ORIGIN_ID);
    int most = longer ? AttributeSelector.MAX_CHARS : NAME_CHARS;
    if (text.length() > most) {
      throw invalid(
          "property " + name + " has " + text.length() + " characters; " + most + " are allowed");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw invalid("property " + name + " contains a control character");
    }
    return text;
  }

  private static Target target(Map<String, String> properties) throws RejectedException {
    String user = properties.get(Properties.USER);
    String session = properties.get(Properties.SESSION);
    String topic = properties.get(Properties.TOPIC);
    String audience = properties.get(Properties.AUDIENCE);
    String device = properties.get(Properties.DEVICE);
    if (count(user) + count(session) + count(topic) + count(audience) > 1) {
      throw new RejectedException(
          RejectCode.CONFLICTING_TARGETS,
          "only one of tl_user, tl_session, tl_topic and tl_audience may be given");
    }
    if (device != null && user == null) {
      throw invalid("tl_device needs tl_user");
    }
    if (user != null) {
      return new Target.User(user, Optional.ofNullable(device));
    }
    if (session != null) {
      return new Target.OneSession(uuid(session));
    }
    if (topic != null) {
      return new Target.Topic(topic);
    }
    return audience != null ? audience(audience) : new Target.Everyone();
  }

  private static Target audience(String selector) throws RejectedException {
    try {
      AttributeSelector.of(selector);
    } catch (InvalidSelector e) {
      throw new RejectedException(
          RejectCode.INVALID_SELECTOR, Properties.AUDIENCE + ", " + e.getMessage());
    }
    return new Target.Audience(selector);
  }

  private static int count(@Nullable String value) {
    return value == null ? 0 : 1;
  }

  private static UUID uuid(String text) throws RejectedException {
    try {
      UUID uuid = UUID.fromString(text);
      // fromString also takes shortened forms such as 1-1-1-1-1.
      if (uuid.toString().equals(text.toLowerCase(Locale.ROOT))) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      throw invalid("tl_session must be a session id (UUID), not " + shown(text));
    }
    throw invalid("tl_session must be a session id (UUID), not " + shown(text));
  }

  private static Expect expect(Map<String, String> properties) throws RejectedException {
    String text = properties.getOrDefault(Properties.EXPECT, "none");
    return switch (text) {
      case "none" -> Expect.NONE;
      case "ack" -> Expect.ACK;
      case "reply" -> Expect.REPLY;
      default -> throw invalid("tl_expect must be none, ack or reply, not " + shown(text));
    };
  }

  private static String id(Map<String, String> properties, @Nullable String messageId) {
    String id = properties.get(Properties.ID);
    if (id == null) {
      id = properties.get(Properties.ORIGIN_ID);
    }
    if (id == null) {
      // Publishers may switch message ids off.
      id = messageId == null ? "ID:" + UUID.randomUUID() : messageId;
    }
    return id;
  }

  private static Instant published(Map<String, String> properties, Message message)
      throws JMSException, RejectedException {
    String text = properties.get(Properties.PUBLISHED);
    if (text == null) {
      return Instant.ofEpochMilli(message.getJMSTimestamp());
    }
    try {
      return Instant.ofEpochMilli(Long.parseLong(text));
    } catch (NumberFormatException | DateTimeException e) {
      throw invalid("tl_published must be milliseconds since 1970, not " + shown(text));
    }
  }

  private static String body(Message message) throws RejectedException {
    return switch (message) {
      case TextMessage _ -> TEXT;
      case BytesMessage _ -> BYTES;
      default ->
          throw new RejectedException(
              RejectCode.UNSUPPORTED_BODY, "the body must be a TextMessage or a BytesMessage");
    };
  }

  private byte[] payload(Message message) throws JMSException, RejectedException {
    if (message instanceof BytesMessage bytes) {
      long length = bytes.getBodyLength();
      checkSize(length);
      byte[] payload = new byte[Math.toIntExact(length)];
      bytes.reset();
      bytes.readBytes(payload);
      return payload;
    }
    String text = ((TextMessage) message).getText();
    if (text == null) {
      return new byte[0];
    }
    checkSize(text.length());
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    checkSize(payload.length);
    return payload;
  }

  private void checkSize(long bytes) throws RejectedException {
    if (bytes > maxBodyBytes) {
      throw new RejectedException(
          RejectCode.TOO_LARGE,
          "the body has " + bytes + " bytes; " + maxBodyBytes + " are allowed");
    }
  }

  /** Where the refusal of a message may be reported to; empty where it names no such place. */
  static Optional<Destination> safeReplyTo(Message message) {
    try {
      return replyTo(message);
    } catch (JMSException | RejectedException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Destination> replyTo(Message message)
      throws JMSException, RejectedException {
    Destination replyTo = message.getJMSReplyTo();
    if (replyTo == null) {
      return Optional.empty();
    }
    String name =
        switch (replyTo) {
          case Queue queue -> queue.getQueueName();
          case Topic topic -> topic.getTopicName();
          default -> "";
        };
    if (name == null || name.isEmpty() || RESERVED.stream().anyMatch(name::startsWith)) {
      throw new RejectedException(
          RejectCode.INVALID_REPLY_TO,
          "JMSReplyTo " + shown(String.valueOf(name)) + " is not a destination for receipts");
    }
    return Optional.of(replyTo);
  }

  /** Text of a stranger, safe for one line. */
  private static String shown(String text) {
    String start = text.length() > 64 ? text.substring(0, 64) + "…" : text;
    return "'" + start.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  private static RejectedException invalid(String reason) {
    return new RejectedException(RejectCode.INVALID_PROPERTY, reason);
  }

  /** Leaves the parser from any depth; never its caller. */
  private static final class RejectedException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Reject reject;

    RejectedException(RejectCode code, String reason) {
      super(reason, null, false, false);
      this.reject = new Reject(code, reason);
    }
  }
}
