package io.trunkline.client.cli;

import io.trunkline.client.ClientListener;
import io.trunkline.client.ControlResult;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.StreamEvent;
import io.trunkline.client.TrunklineClient;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Prints, takes over, and says when it is enough. */
final class Listening implements ClientListener {
  private final NotificationPrinter printer;
  private final AckPolicy acks;
  private final long count;
  private final CompletableFuture<Integer> end;
  private long seen;
  private boolean welcomed;

  /**
   * @param count after so many it is enough
   * @param end completed with the exit code
   */
  Listening(
      NotificationPrinter printer, AckPolicy acks, long count, CompletableFuture<Integer> end) {
    this.printer = printer;
    this.acks = acks;
    this.count = count;
    this.end = end;
  }

  /** A topic that is refused ends the command. */
  void subscribe(TrunklineClient client, String topic) {
    client
        .subscribe(topic, this)
        .result()
        .thenAcceptAsync(
            result -> {
              // Cancelled: the client ends, for a reason that is told otherwise.
              if (result.status() != Status.CANCELLED) {
                printer.subscribed(topic, result);
                if (!result.ok()) {
                  end.complete(ClientMain.REFUSED);
                }
              }
            });
  }

  @Override
  public void connected(SessionInfo session) {
    welcomed = true;
    printer.connected(session);
  }

  @Override
  public void stream(StreamEvent event) {
    printer.stream(event);
  }

  @Override
  public void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {
    printer.subscriptionRefused(topic, result, willRetry);
    if (!willRetry) {
      end.complete(ClientMain.REFUSED);
    }
  }

  @Override
  public void disconnected(Disconnect disconnect) {
    printer.disconnected(disconnect);
  }

  @Override
  public void attemptFailed(Disconnect disconnect) {
    // For a person the very first one is told by the exception that ends the command.
    if (welcomed || printer.isJson()) {
      printer.attemptFailed(disconnect);
    }
  }

  @Override
  public void goAway(String reason, Duration delay) {
    printer.goAway(reason, delay);
  }

  @Override
  public void notification(Notification notification) {
    if (seen >= count) {
      notification.giveBack();
      return;
    }
    printer.notification(notification);
    acks.answer(notification);
    if (++seen >= count) {
      acks.later(() -> end.complete(0));
    }
  }

  @Override
  public void closed(Disconnect last) {
    end.complete(ClientMain.REFUSED);
  }
}
