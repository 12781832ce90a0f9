package io.trunkline.jms;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A handler that remembers what it got. */
class Recorder implements JmsBridge.DownlinkHandler {
  final List<DownlinkMessage> delivered = new CopyOnWriteArrayList<>();
  final List<DownlinkMessage> resolved = new CopyOnWriteArrayList<>();
  private final Function<DownlinkMessage, JmsBridge.Route> route;
  private final Function<DownlinkMessage, JmsBridge.Route> passOn;

  Recorder(Function<DownlinkMessage, JmsBridge.Route> route) {
    this(route, message -> new JmsBridge.Route.Done());
  }

  /** Passes on, too, what it was addressed. */
  Recorder(
      Function<DownlinkMessage, JmsBridge.Route> route,
      Function<DownlinkMessage, JmsBridge.Route> passOn) {
    this.route = route;
    this.passOn = passOn;
  }

  static Recorder done() {
    return new Recorder(message -> new JmsBridge.Route.Done());
  }

  @Override
  public List<JmsBridge.Route> deliver(List<DownlinkMessage> batch) {
    delivered.addAll(batch);
    return batch.stream().map(passOn).toList();
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
