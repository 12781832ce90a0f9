package io.trunkline.client;

import java.time.Duration;

/**
 * Told what happens to one client. Calls come one at a time, in order, on the callback executor
 * (never on an event loop, unless the executor runs its tasks in place). They may block, at the
 * cost of whatever else that executor has to do: 1,024 notifications may wait, then the client
 * stops reading from its connection until half of them are done.
 */
public interface ClientListener extends NotificationListener {
  /** A listener that does nothing: notifications are taken over and forgotten. */
  ClientListener NONE = new ClientListener() {};

  /** Welcome is there: at the first connect and after each reconnect. */
  default void connected(SessionInfo session) {}

  /**
   * Where a stream goes on, and whether something is missing: after {@link #connected}, after a
   * subscription, or in between.
   */
  default void stream(StreamEvent event) {}

  /**
   * A subscription that stood before was not renewed.
   *
   * @param willRetry false: it is over
   */
  default void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {}

  /** A connection that was {@link #connected} ended. */
  default void disconnected(Disconnect disconnect) {}

  /** An attempt did not come as far as {@link #connected}. */
  default void attemptFailed(Disconnect disconnect) {}

  /** The gateway asked the client to leave; it will do so by itself, after {@code delay}. */
  default void goAway(String reason, Duration delay) {}

  /**
   * A message of the downlink. When acknowledgement is automatic (the default) and the publisher
   * expects an ack, it is sent when this returns normally; after an exception it is not, and the
   * gateway may send the message again. A reply is always the application's. Messages of a topic
   * that was subscribed to with a listener go there.
   */
  @Override
  default void notification(Notification notification) {}

  /**
   * Nothing more comes: closed by this side, refused for good, or ended by the gateway for good.
   */
  default void closed(Disconnect last) {}
}
