package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageWatchTest {
  private static final MessageReport NOTHING = new MessageReport.NotFound();
  private static final MessageReport AWAY = new MessageReport.Unreadable();
  private static final MessageReport SETTLED = new MessageReport.Found(List.of(), false);

  private final Background background = new Background();
  private final Map<String, MessageReport> database = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final List<MessageReport> shown = new CopyOnWriteArrayList<>();
  private final MessageWatch watch = new MessageWatch(background, this::read, shown::add);

  @AfterEach
  void stop() {
    background.close();
  }

  @Test
  void follow_showsEachChangeOnce_untilNothingMoreCanCome() {
    database.put("m", NOTHING);
    watch.follow("m");
    await().until(() -> reads.get() >= 2);

    database.put("m", AWAY);
    await().until(() -> shown.contains(AWAY));
    database.put("m", SETTLED);

    await().untilAsserted(() -> assertThat(shown).containsExactly(NOTHING, AWAY, SETTLED));
    int atTheEnd = reads.get();
    await().during(MessageWatch.FIRST_PAUSE.multipliedBy(2)).until(() -> reads.get() == atTheEnd);
  }

  @Test
  void follow_another_isNotToldOfTheFirstAnyMore() {
    database.put("first", NOTHING);
    database.put("second", AWAY);
    watch.follow("first");
    await().until(() -> shown.contains(NOTHING));

    watch.follow("second");
    await().until(() -> shown.contains(AWAY));
    database.put("first", SETTLED);

    await()
        .during(MessageWatch.FIRST_PAUSE.multipliedBy(3))
        .untilAsserted(() -> assertThat(shown).containsExactly(NOTHING, AWAY));
  }

  @Test
  void close_readsNoMore() {
    database.put("m", NOTHING);
    watch.follow("m");
    await().until(() -> !shown.isEmpty());

    watch.close();

    int atTheEnd = reads.get();
    await()
        .during(MessageWatch.FIRST_PAUSE.multipliedBy(2))
        .until(() -> reads.get() <= atTheEnd + 1);
  }

  private MessageReport read(String id) {
    reads.incrementAndGet();
    return database.getOrDefault(id, NOTHING);
  }
}
