package io.trunkline.gateway.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.streams.TopicCounts.Kind;
import io.trunkline.gateway.streams.TopicCounts.Tally;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TopicCountsTest {
  private static final int MOST = 3;

  private long nowNs = Long.MAX_VALUE - 1; // overflows soon, as System.nanoTime may
  private final TopicCounts counts = new TopicCounts(MOST, () -> nowNs);
  private final List<String> told = new ArrayList<>();

  private Tally only(Kind kind) {
    return counts.all().stream().filter(tally -> tally.kind() == kind).findFirst().orElseThrow();
  }

  private List<String> topics() {
    return counts.all().stream()
        .filter(tally -> tally.kind() == Kind.TOPIC)
        .map(Tally::topic)
        .sorted()
        .toList();
  }

  private void watch() {
    counts.watch(
        new TopicCounts.Watcher() {
          @Override
          public void added(Tally tally) {
            told.add("+" + tally.kind() + tally.topic());
          }

          @Override
          public void removed(Tally tally) {
            told.add("-" + tally.kind() + tally.topic());
          }
        });
  }

  @Test
  void topic_keepsItsCounters() {
    counts.topic("tea").countSent(2);
    counts.topic("tea").countDropped(3);
    counts.topic("tea").countConflated();
    counts.topic("tea").countDeferred();

    Tally tea = only(Kind.TOPIC);
    assertThat(tea.topic()).isEqualTo("tea");
    assertThat(List.of(tea.messages(), tea.sent(), tea.dropped(), tea.conflated(), tea.deferred()))
        .containsExactly(4L, 2L, 3L, 1L, 1L);
    assertThat(counts.find(StreamKey.ofTopic("tea"))).isSameAs(tea);
  }

  @Test
  void moreTopicsThanCounters_areCountedTogether_andNoneIsForgotten() {
    for (int i = 0; i < 1_000; i++) {
      counts.topic("t" + i).countSent(1);
    }

    assertThat(topics()).containsExactly("t0", "t1", "t2");
    assertThat(only(Kind.OTHER).messages()).isEqualTo(997);
    assertThat(only(Kind.OTHER).sent()).isEqualTo(997);
    assertThat(counts.all().stream().mapToLong(Tally::sent).sum()).isEqualTo(1_000);
    assertThat(counts.find(StreamKey.ofTopic("t999"))).isSameAs(only(Kind.OTHER));
  }

  @Test
  void topicThatFellSilent_makesRoom_andWhatItHadIsKept() {
    counts.topic("a").countSent(5);
    counts.topic("b").countSent(1);
    counts.topic("c").countSent(1);
    nowNs += TopicCounts.IDLE_NS - 1;
    counts.topic("b").countSent(1);
    counts.topic("new").countSent(1);
    assertThat(topics()).containsExactly("a", "b", "c");

    nowNs += TimeUnit.SECONDS.toNanos(2);
    watch();
    told.clear();
    counts.topic("new").countSent(1);

    assertThat(told).containsExactly("-TOPICa", "+TOPICnew");
    assertThat(topics()).containsExactly("b", "c", "new");
    assertThat(only(Kind.OTHER).sent()).isEqualTo(6);
    assertThat(counts.all().stream().mapToLong(Tally::sent).sum()).isEqualTo(10);
  }

  @Test
  void watcher_isToldOfWhatIsThere_thenOfWhatComes() {
    counts.topic("tea");
    watch();
    counts.topic("tea");
    counts.topic("milk");
    counts.unwatch();
    counts.topic("bread");

    assertThat(told)
        .containsExactly("+BROADCAST", "+AUDIENCE", "+OTHER", "+TOPICtea", "+TOPICmilk");
  }

  @Test
  void withNoCountersForTopics_allAreCountedTogether() {
    var none = new TopicCounts(0, () -> nowNs);
    none.topic("tea").countSent(1);
    assertThat(none.all()).hasSize(3);
    assertThat(none.all().stream().mapToLong(Tally::sent).sum()).isEqualTo(1);
  }
}
