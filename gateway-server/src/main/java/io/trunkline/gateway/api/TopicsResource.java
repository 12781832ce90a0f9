package io.trunkline.gateway.api;

import io.helidon.webserver.http.ServerRequest;
import io.trunkline.gateway.streams.TopicCounts;
import io.trunkline.gateway.streams.TopicCounts.Kind;
import io.trunkline.gateway.streams.TopicCounts.Tally;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What messages for many came to on this node, topic by topic. */
final class TopicsResource {
  private static final Set<String> KNOWN = Set.of("sort", "limit");
  private static final int MAX_LIMIT = 1_000;
  private static final int DEFAULT_LIMIT = 100;
  private static final String DEFAULT_SORT = "-dropped";

  private static final Map<String, ToLongFunction<TopicView>> COUNTERS =
      Map.of(
          "messages", TopicView::messages,
          "sent", TopicView::sent,
          "dropped", TopicView::dropped,
          "conflated", TopicView::conflated,
          "deferred", TopicView::deferred);

  private final String node;
  private final TopicCounts counts;

  TopicsResource(String node, TopicCounts counts) {
    this.node = node;
    this.counts = counts;
  }

  /**
   * Counters in an answer.
   *
   * @param kind {@code topic}, {@code broadcast}, {@code audience} or {@code other}
   * @param topic of the kind {@code topic}
   */
  record TopicView(
      String kind,
      @Nullable String topic,
      long messages,
      long sent,
      long dropped,
      long conflated,
      long deferred) {
    static TopicView of(Tally tally) {
      return new TopicView(
          tally.kind().name().toLowerCase(Locale.ROOT),
          tally.kind() == Kind.TOPIC ? tally.topic() : null,
          tally.messages(),
          tally.sent(),
          tally.dropped(),
          tally.conflated(),
          tally.deferred());
    }

    /** Ties in the order of names. */
    private String name() {
      return topic == null ? "" : topic;
    }
  }

  /**
   * The first by a counter.
   *
   * @param counted so many topics can have counters of their own
   */
  record Topics(String node, int counted, List<TopicView> topics) {}

  Answer list(ServerRequest request) {
    var query = new Query(request.query(), KNOWN);
    int limit = query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    Comparator<TopicView> order = order(query.text("sort").orElse(DEFAULT_SORT));
    return Answer.ok(
        new Topics(
            node,
            counts.most(),
            counts.all().stream().map(TopicView::of).sorted(order).limit(limit).toList()));
  }

  private static Comparator<TopicView> order(String sort) {
    boolean descending = sort.startsWith("-");
    ToLongFunction<TopicView> counter = COUNTERS.get(descending ? sort.substring(1) : sort);
    if (counter == null) {
      throw ApiException.parameter(
          "sort",
          "must be one of "
              + String.join(", ", COUNTERS.keySet().stream().sorted().toList())
              + ", with '-' before it for descending");
    }
    Comparator<TopicView> rising = Comparator.comparingLong(counter);
    return (descending ? rising.reversed() : rising)
        .thenComparing(TopicView::kind)
        .thenComparing(TopicView::name);
  }
}
