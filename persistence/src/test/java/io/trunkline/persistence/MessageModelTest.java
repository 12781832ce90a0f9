package io.trunkline.persistence;

import static io.trunkline.persistence.MessageSamples.ALICE;
import static io.trunkline.persistence.MessageSamples.NODE;
import static io.trunkline.persistence.MessageSamples.WRITER;
import static io.trunkline.persistence.MessageSamples.draft;
import static io.trunkline.persistence.MessageSamples.settlement;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.MessageSamples.Draft;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's stream against a list that does the same: store, settle, expire, read. */
class MessageModelTest {
  private static final List<String> DEVICES = List.of("phone", "tablet");

  /** A message as the list has it. */
  private static final class Model {
    final String id;
    final boolean late;
    final @Nullable String device;
    final StoredMessage stored;
    MessageState state = MessageState.PENDING;
    String settledBy = "";

    Model(StoredMessage stored, boolean late) {
      this.id = stored.message().id();
      this.late = late;
      this.device = stored.message().recipients().device().orElse(null);
      this.stored = stored;
    }

    boolean isFor(String asking) {
      return device == null || device.equals(asking);
    }
  }

  private final List<Model> model = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aUsersStream_doesWhatAListDoes(long seed) throws Exception {
    Random random = new Random(seed);
    try (MessageSamples db = new MessageSamples()) {
      for (int step = 0; step < 300; step++) {
        switch (random.nextInt(6)) {
          case 0, 1 -> store(db, random);
          case 2, 3 -> settle(db, random);
          case 4 -> sweep(db);
          default -> read(db, random);
        }
      }
    }
  }

  private void store(MessageSamples db, Random random) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      Draft draft = draft(ALICE, "m" + random.nextInt(200));
      if (random.nextInt(5) == 0) {
        draft = draft.expires(Instant.now().minusSeconds(3_600));
      }
      drafts.add(random.nextInt(4) == 0 ? draft.device(DEVICES.get(random.nextInt(2))) : draft);
    }
    List<StoreResult> results = db.storing(drafts.toArray(Draft[]::new)).results();
    for (int i = 0; i < drafts.size(); i++) {
      NewMessage message = drafts.get(i).message();
      Model there = find(message.id());
      switch (results.get(i)) {
        case StoreResult.Stored stored -> {
          assertThat(there).isNull();
          assertThat(stored.message().offset()).isEqualTo(model.size() + 1);
          model.add(new Model(stored.message(), message.expiresAt().isPresent()));
        }
        case StoreResult.Duplicate duplicate -> {
          Model first = Objects.requireNonNull(there, "the first of a duplicate");
          assertThat(duplicate.samePublication()).isTrue();
          assertThat(duplicate.message().offset()).isEqualTo(first.stored.offset());
          assertThat(duplicate.message().state()).isEqualTo(first.state);
        }
      }
    }
  }

  private @Nullable Model find(String id) {
    return model.stream().filter(m -> m.id.equals(id)).findFirst().orElse(null);
  }

  private void settle(MessageSamples db, Random random) {
    if (model.isEmpty()) {
      return;
    }
    List<Settlement> settlements = new ArrayList<>();
    List<Settled.Outcome> expected = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      Model message = model.get(random.nextInt(model.size()));
      String device = DEVICES.get(random.nextInt(2));
      settlements.add(settlement(message.stored, MessageState.DELIVERED, device));
      if (!message.isFor(device)) {
        expected.add(Settled.Outcome.UNKNOWN);
      } else if (message.state != MessageState.PENDING) {
        expected.add(Settled.Outcome.ALREADY);
      } else {
        expected.add(Settled.Outcome.APPLIED);
        message.state = MessageState.DELIVERED;
        message.settledBy = device;
      }
    }
    assertThat(db.store.settle(settlements, WRITER).settled())
        .extracting(Settled::outcome)
        .isEqualTo(expected);
  }

  private void sweep(MessageSamples db) {
    List<String> expected = new ArrayList<>();
    for (Model message : model) {
      if (message.late && message.state == MessageState.PENDING) {
        message.state = MessageState.EXPIRED;
        expected.add(message.id);
      }
    }
    assertThat(db.store.sweep(NODE, 1_000, WRITER).settled())
        .extracting(s -> s.settlement().messageId())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private void read(MessageSamples db, Random random) {
    String device = DEVICES.get(random.nextInt(2));
    long after = random.nextInt(model.size() + 1);
    long seen = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(model.size() + 1);
    List<String> expected =
        model.stream()
            .filter(m -> m.stored.offset() > after && !m.late && m.isFor(device))
            .filter(
                m ->
                    m.state == MessageState.PENDING
                        || (m.stored.offset() > seen && !m.settledBy.equals(device)))
            .map(m -> m.id)
            .limit(100)
            .toList();
    assertThat(db.read(device, after, seen)).isEqualTo(expected);
    assertThat(db.store.pending(List.of("alice")).getOrDefault("alice", 0))
        .isEqualTo(
            (int) model.stream().filter(m -> m.state == MessageState.PENDING && !m.late).count());
  }
}
