package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.Locale;

/** Drafts as messages of {@link Destinations#DOWNLINK}. */
final class Drafts {
  private Drafts() {}

  static Message write(Session session, Draft draft) throws JMSException {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(draft.payload());
    switch (draft.target()) {
      case Target.Everyone _ -> {}
      case Target.User user -> {
        message.setStringProperty(Properties.USER, user.user());
        if (user.device().isPresent()) {
          message.setStringProperty(Properties.DEVICE, user.device().get());
        }
      }
      case Target.OneSession one ->
          message.setStringProperty(Properties.SESSION, one.session().toString());
      case Target.Topic topic -> message.setStringProperty(Properties.TOPIC, topic.topic());
      case Target.Audience audience ->
          message.setStringProperty(Properties.AUDIENCE, audience.selector());
    }
    put(message, Properties.TYPE, draft.type());
    put(message, Properties.CONTENT_TYPE, draft.contentType());
    put(message, Properties.ID, draft.id().orElse(""));
    put(message, Properties.KEY, draft.key().orElse(""));
    if (draft.expect() != Expect.NONE) {
      put(message, Properties.EXPECT, draft.expect().name().toLowerCase(Locale.ROOT));
    }
    return message;
  }

  /** Empty means not given. */
  private static void put(Message message, String name, String value) throws JMSException {
    if (!value.isEmpty()) {
      message.setStringProperty(name, value);
    }
  }
}
