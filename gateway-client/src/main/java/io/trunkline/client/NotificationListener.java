package io.trunkline.client;

/** Takes the messages of a topic. */
@FunctionalInterface
public interface NotificationListener {
  /** As {@link ClientListener#notification}, in one order with all of a client's callbacks. */
  void notification(Notification notification);
}
