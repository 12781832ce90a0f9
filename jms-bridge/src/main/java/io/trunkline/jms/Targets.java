package io.trunkline.jms;

import static io.trunkline.jms.RejectedException.invalid;
import static io.trunkline.jms.RejectedException.shown;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Who a message is for, from its properties. */
final class Targets {
  private Targets() {}

  static Target read(Map<String, String> properties) throws RejectedException {
    String user = properties.get(Properties.USER);
    String session = properties.get(Properties.SESSION);
    String topic = properties.get(Properties.TOPIC);
    String audience = properties.get(Properties.AUDIENCE);
    String device = properties.get(Properties.DEVICE);
    if (Stream.of(Properties.USER, Properties.SESSION, Properties.TOPIC, Properties.AUDIENCE)
            .filter(properties::containsKey)
            .count()
        > 1) {
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
}
