package io.trunkline.jms;

import static io.trunkline.jms.RejectedException.invalid;
import static io.trunkline.jms.RejectedException.shown;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of {@link Destinations#DOWNLINK}. Nothing of a body is ever deserialized.
 * Stateless but for its limit.
 */
final class DownlinkParser {
  private static final int NAME_CHARS = 128;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BYTES = "application/octet-stream";

  private final int maxBodyBytes;
  private final String nodesUser;

  /**
   * Makes one.
   *
   * @param nodesUser the broker's name for whoever may pass messages on
   */
  DownlinkParser(int maxBodyBytes, String nodesUser) {
    this.maxBodyBytes = maxBodyBytes;
    this.nodesUser = nodesUser;
  }

  int maxBodyBytes() {
    return maxBodyBytes;
  }

  /** What a message turned out to be. */
  sealed interface Parsed {
    record Understood(DownlinkMessage message) implements Parsed {}

    record Refused(Reject reject) implements Parsed {}
  }

  /**
   * What becomes of a message of which it is known that its body is too large.
   *
   * @param bytes the body's
   */
  Parsed.Refused tooLarge(long bytes) {
    return new Parsed.Refused(
        new Reject(
            RejectCode.TOO_LARGE,
            "the body has about " + bytes + " bytes; " + maxBodyBytes + " are allowed"));
  }

  Parsed parse(Message message) {
    try {
      return new Parsed.Understood(read(message));
    } catch (RejectedException e) {
      return new Parsed.Refused(e.reject());
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
    String messageId = messageId(properties, message);
    long expiration = expiration(message);
    return new DownlinkMessage(
        properties.getOrDefault(Properties.ID, messageId),
        Targets.read(properties),
        expect(properties),
        properties.getOrDefault(Properties.TYPE, ""),
        properties.getOrDefault(Properties.CONTENT_TYPE, body),
        payload,
        Optional.ofNullable(properties.get(Properties.KEY)),
        properties.containsKey(Properties.PERSISTENT)
            || message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT,
        message.getJMSPriority(),
        published(properties, message),
        expiration > 0 ? Optional.of(Instant.ofEpochMilli(expiration)) : Optional.empty(),
        ReplyAddress.of(message),
        Optional.ofNullable(message.getJMSCorrelationID()),
        properties.containsKey(Properties.NODE),
        messageId,
        stamp(properties),
        message.getJMSRedelivered(),
        Optional.ofNullable(message.getStringProperty(Properties.GROUP)),
        trail(properties));
  }

  private Map<String, String> properties(Message message) throws JMSException, RejectedException {
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
    boolean fromNode = properties.containsKey(Properties.NODE) && mayBeFromNode(message);
    for (String name : Properties.OF_NODES) {
      if (properties.containsKey(name) && !fromNode) {
        throw invalid("property " + name + " is set by nodes only");
      }
    }
    return properties;
  }

  /** A broker that does not name a message's sender is to let nobody but nodes set tl_node. */
  private boolean mayBeFromNode(Message message) {
    if (!(message instanceof ActiveMQMessage artemis)) {
      return true;
    }
    String sender = artemis.getCoreMessage().getValidatedUserID();
    return sender == null || sender.equals(nodesUser);
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
    boolean longer =
        name.equals(Properties.AUDIENCE)
            || name.equals(Properties.ORIGIN_ID)
            || name.equals(Properties.OTHERS);
    int most = longer ? AttributeSelector.MAX_CHARS : NAME_CHARS;
    if (text.length() > most) {
      throw invalid(
          "property " + name + " has " + text.length() + " characters; " + most + " are allowed");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw invalid("property " + name + " contains a control character");
      }
    }
    return text;
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

  private static String messageId(Map<String, String> properties, Message message)
      throws JMSException {
    String origin = properties.get(Properties.ORIGIN_ID);
    String id = origin == null ? message.getJMSMessageID() : origin;
    if (id != null) {
      return id;
    }
    // Publishers may switch message ids off. The broker's number stays when it delivers again.
    return message instanceof ActiveMQMessage artemis
        ? "ID:" + message.getJMSTimestamp() + "-" + artemis.getCoreMessage().getMessageID()
        : "ID:" + UUID.randomUUID();
  }

  /** A message that has expired in the broker no longer says so in its header. */
  private static long expiration(Message message) throws JMSException {
    long expiration = message.getJMSExpiration();
    return expiration == 0 && message.propertyExists(Properties.ACTUAL_EXPIRY)
        ? message.getLongProperty(Properties.ACTUAL_EXPIRY)
        : expiration;
  }

  private static Optional<Stamp> stamp(Map<String, String> properties) throws RejectedException {
    String epoch = properties.get(Properties.EPOCH);
    String offset = properties.get(Properties.OFFSET);
    if (epoch == null && offset == null) {
      return Optional.empty();
    }
    if (epoch == null || offset == null) {
      throw invalid("tl_epoch and tl_offset come together");
    }
    try {
      return Optional.of(new Stamp(Long.parseLong(epoch), Long.parseLong(offset)));
    } catch (NumberFormatException e) {
      throw invalid(
          "tl_epoch and tl_offset must be numbers, not " + shown(epoch) + " and " + shown(offset));
    }
  }

  private static Trail trail(Map<String, String> properties) throws RejectedException {
    String hops = properties.get(Properties.HOPS);
    if (hops == null) {
      return Trail.NONE;
    }
    String others = properties.getOrDefault(Properties.OTHERS, "");
    try {
      return new Trail(
          Integer.parseUnsignedInt(hops),
          others.isEmpty() ? List.of() : List.of(others.split(",", -1)));
    } catch (NumberFormatException e) {
      throw invalid("tl_hops must be a number, not " + shown(hops));
    }
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
      Reject reject = tooLarge(bytes).reject();
      throw new RejectedException(reject.code(), reject.reason());
    }
  }
}
