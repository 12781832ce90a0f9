package io.trunkline.gateway.api;

import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.trunkline.gateway.streams.TopicCounts;
import io.trunkline.gateway.streams.TopicCounts.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * The counters of topics, each a meter with the topic as a tag. There are as many as {@link
 * TopicCounts} has, which is bounded.
 */
final class TopicMetrics implements TopicCounts.Watcher, AutoCloseable {
  private final MeterRegistry registry;
  private final List<Tag> tags;
  private final TopicCounts counts;
  private final Map<Tally, List<Meter>> meters = new ConcurrentHashMap<>();

  TopicMetrics(MeterRegistry registry, List<Tag> tags, TopicCounts counts) {
    this.registry = registry;
    this.tags = tags;
    this.counts = counts;
    counts.watch(this);
  }

  @Override
  public void added(Tally tally) {
    List<Tag> all = new ArrayList<>(tags);
    all.add(Tag.create("kind", tally.kind().name().toLowerCase(Locale.ROOT)));
    all.add(Tag.create("topic", tally.topic()));
    meters.put(
        tally,
        List.of(
            counter("messages", "Messages that came to the node", tally, Tally::messages, all),
            counter("sent", "Writes to connections", tally, Tally::sent, all),
            counter("dropped", "Messages that slow clients never get", tally, Tally::dropped, all),
            counter("conflated", "Gave way to a newer of the key", tally, Tally::conflated, all),
            counter(
                "deferred", "Stored; slow clients read it later", tally, Tally::deferred, all)));
  }

  private Meter counter(
      String what, String help, Tally tally, ToLongFunction<Tally> value, List<Tag> all) {
    return registry.getOrCreate(
        FunctionalCounter.builder("trunkline_topic_" + what, tally, value::applyAsLong)
            .description("Messages for many, by topic: " + help)
            .tags(all));
  }

  @Override
  public void removed(Tally tally) {
    List<Meter> gone = meters.remove(tally);
    if (gone != null) {
      gone.forEach(registry::remove);
    }
  }

  @Override
  public void close() {
    counts.unwatch();
    List.copyOf(meters.keySet()).forEach(this::removed);
  }
}
