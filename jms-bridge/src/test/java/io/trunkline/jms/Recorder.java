package io.trunkline.jms;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A handler that remembers what it got. */
class Recorder implements JmsBridge.DownlinkHandler {
  final List<DownlinkMessage> delivered = new CopyOnWriteArrayList<>();
  final List<DownlinkMessage> resolved = new CopyOnWriteArrayList<>();
  private final Function<DownlinkMessage, JmsBridge.Route> route;

  Recorder(Function<DownlinkMessage, JmsBridge.Route> route) {
    this.route = route;
  }

  static Recorder done() {
    return new Recorder(message -> new JmsBridge.Route.Done());
  }

  @Override
  public void deliver(List<DownlinkMessage> batch) {
    delivered.addAll(batch);
  }

  @Override
  public List<JmsBridge.Route> resolve(List<DownlinkMessage> batch) {
    resolved.addAll(batch);
    return batch.stream().map(route).toList();
  }

  static List<String> bodies(List<DownlinkMessage> messages) {
    return messages.stream()
        .map(message -> new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8))
        .toList();
  }
}
