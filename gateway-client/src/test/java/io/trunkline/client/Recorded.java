package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers what a listener was told, in order. */
class Recorded implements ClientListener {
  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

  /** An attempt that did not come as far as Welcome. */
  record Failed(Disconnect disconnect) {}

  record Gone(String reason, Duration delay) {}

  record Closed(Disconnect last) {}

  @Override
  public void connected(SessionInfo session) {
    events.add(session);
  }

  @Override
  public void stream(StreamEvent event) {
    events.add(event);
  }

  @Override
  public void disconnected(Disconnect disconnect) {
    events.add(disconnect);
  }

  @Override
  public void attemptFailed(Disconnect disconnect) {
    events.add(new Failed(disconnect));
  }

  @Override
  public void goAway(String reason, Duration delay) {
    events.add(new Gone(reason, delay));
  }

  @Override
  public void notification(Notification notification) {
    events.add(notification);
  }

  @Override
  public void closed(Disconnect last) {
    events.add(new Closed(last));
  }

  <T> T next(Class<T> type) throws InterruptedException {
    Object event = events.poll(60, TimeUnit.SECONDS);
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  boolean isEmpty() {
    return events.isEmpty();
  }
}
