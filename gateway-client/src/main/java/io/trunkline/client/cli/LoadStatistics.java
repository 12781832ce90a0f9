package io.trunkline.client.cli;

import com.google.gson.JsonObject;
import io.trunkline.client.ClientListener;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.SessionInfo;
import io.trunkline.invocation.CallResult;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What a load saw. Thread-safe; never blocks a listener. */
final class LoadStatistics implements ClientListener {
  private static final int DIGITS = 3;

  private final LongAdder connects = new LongAdder();
  private final LongAdder disconnects = new LongAdder();
  private final LongAdder failedAttempts = new LongAdder();
  private final LongAdder calls = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder notifications = new LongAdder();
  private final Recorder latencyUs = new Recorder(DIGITS);
  private final Histogram totalUs = new Histogram(DIGITS);

  @Override
  public void connected(SessionInfo session) {
    connects.increment();
  }

  @Override
  public void disconnected(Disconnect disconnect) {
    disconnects.increment();
  }

  @Override
  public void attemptFailed(Disconnect disconnect) {
    failedAttempts.increment();
  }

  @Override
  public void notification(Notification notification) {
    notifications.increment();
  }

  void answered(CallResult result, long tookNs) {
    calls.increment();
    if (result.ok()) {
      latencyUs.recordValue(TimeUnit.NANOSECONDS.toMicros(tookNs));
    } else {
      errors.increment();
    }
  }

  long everConnected() {
    return connects.sum();
  }

  /** Totals, and the latency since the last time this was asked. */
  synchronized String progress() {
    Histogram interval = latencyUs.getIntervalHistogram();
    totalUs.add(interval);
    return text(record(interval));
  }

  synchronized JsonObject summary() {
    totalUs.add(latencyUs.getIntervalHistogram());
    return record(totalUs);
  }

  static String text(JsonObject record) {
    return record.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().getAsString())
        .collect(Collectors.joining(" "));
  }

  private JsonObject record(Histogram us) {
    JsonObject record = new JsonObject();
    record.addProperty("connected", connects.sum() - disconnects.sum());
    record.addProperty("disconnects", disconnects.sum());
    record.addProperty("failedAttempts", failedAttempts.sum());
    record.addProperty("calls", calls.sum());
    record.addProperty("errors", errors.sum());
    record.addProperty("notifications", notifications.sum());
    record.addProperty("p50Us", us.getValueAtPercentile(50));
    record.addProperty("p99Us", us.getValueAtPercentile(99));
    return record;
  }
}
