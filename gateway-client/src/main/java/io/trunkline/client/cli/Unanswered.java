package io.trunkline.client.cli;

import io.trunkline.client.ClientListener;
import io.trunkline.client.ControlResult;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.StreamEvent;
import io.trunkline.protocol.v1.Expect;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints, and keeps the last notifications that wait for an answer by hand. Thread-safe. */
final class Unanswered implements ClientListener {
  private static final int MAX = 1_000;

  private final NotificationPrinter printer;
  private final boolean acksByHand;
  private final Map<String, Notification> byId = new LinkedHashMap<>();

  Unanswered(NotificationPrinter printer, boolean acksByHand) {
    this.printer = printer;
    this.acksByHand = acksByHand;
  }

  /** Null: none of that id waits. */
  synchronized @Nullable Notification take(String id) {
    return byId.remove(id);
  }

  @Override
  public void notification(Notification notification) {
    if (notification.expect() == Expect.REPLY
        || (acksByHand && notification.expect() == Expect.ACK)) {
      keep(notification);
    }
    printer.notification(notification);
  }

  private synchronized void keep(Notification notification) {
    byId.put(notification.id(), notification);
    if (byId.size() > MAX) {
      Iterator<String> oldest = byId.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  @Override
  public void connected(SessionInfo session) {
    printer.connected(session);
  }

  @Override
  public void stream(StreamEvent event) {
    printer.stream(event);
  }

  @Override
  public void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {
    printer.subscriptionRefused(topic, result, willRetry);
  }

  @Override
  public void disconnected(Disconnect disconnect) {
    printer.disconnected(disconnect);
  }

  @Override
  public void attemptFailed(Disconnect disconnect) {
    printer.attemptFailed(disconnect);
  }

  @Override
  public void goAway(String reason, Duration delay) {
    printer.goAway(reason, delay);
  }
}
