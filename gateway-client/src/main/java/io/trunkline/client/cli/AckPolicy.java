package io.trunkline.client.cli;

import io.trunkline.client.Notification;
import io.trunkline.protocol.v1.Expect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When {@code listen} answers, and what. */
final class AckPolicy implements AutoCloseable {
  private final boolean none;
  private final Duration delay;
  private final @Nullable String reply;
  private final @Nullable ScheduledExecutorService timer;

  private AckPolicy(boolean none, Duration delay, @Nullable String reply) {
    this.none = none;
    this.delay = delay;
    this.reply = reply;
    timer =
        delay.isZero()
            ? null
            : Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "acks");
                  thread.setDaemon(true);
                  return thread;
                });
  }

  /**
   * @param when auto, none, or a duration
   * @param reply to messages that expect one; null: they are left alone
   */
  static AckPolicy of(String when, @Nullable String reply) {
    return switch (when) {
      case "auto" -> new AckPolicy(false, Duration.ZERO, reply);
      case "none" -> new AckPolicy(true, Duration.ZERO, reply);
      default -> new AckPolicy(false, delay(when), reply);
    };
  }

  private static Duration delay(String text) {
    try {
      return Durations.parse(text);
    } catch (picocli.CommandLine.TypeConversionException e) {
      throw new CliException(
          ClientMain.UNUSABLE, "--ack is auto, none or a duration such as 5s, not '" + text + "'");
    }
  }

  void answer(Notification notification) {
    if (notification.expect() == Expect.ACK && !none) {
      later(notification::ack);
    } else if (notification.expect() == Expect.REPLY && reply != null) {
      byte[] payload = reply.getBytes(StandardCharsets.UTF_8);
      later(() -> notification.reply(payload, CallTarget.contentType(reply)));
    }
  }

  /** After all answers so far. */
  void later(Runnable task) {
    if (timer == null) {
      task.run();
    } else {
      timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
