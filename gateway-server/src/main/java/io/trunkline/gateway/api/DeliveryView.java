package io.trunkline.gateway.api;

import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.Standing;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stored message in an answer.
 *
 * @param stream {@code user}, {@code topic} or {@code broadcast}
 * @param name the user or the topic
 * @param waitsFor in words, what must happen next; absent if nothing, and in lists
 * @param steps in order; left out in lists
 * @param moreSteps there are more than these; absent if not
 */
record DeliveryView(
    String id,
    String stream,
    @Nullable String name,
    long epoch,
    long offset,
    String state,
    @Nullable String device,
    @Nullable UUID session,
    @Nullable String selector,
    String type,
    String contentType,
    int bytes,
    @Nullable String key,
    String expect,
    int priority,
    int attempts,
    Instant publishedAt,
    Instant storedAt,
    @Nullable Instant expiresAt,
    @Nullable String replyTo,
    @Nullable String waitsFor,
    @Nullable List<StepView> steps,
    @Nullable Boolean moreSteps) {

  /** Of steps, as many are shown; a message for many may have any number. */
  static final int MAX_STEPS = 1_000;

  /** One step. */
  record StepView(
      Instant at,
      String step,
      String node,
      @Nullable String user,
      @Nullable String device,
      @Nullable UUID session,
      @Nullable Integer attempt,
      @Nullable String detail) {
    static StepView of(DeliveryStep step) {
      return new StepView(
          step.at(),
          step.kind().name(),
          step.node(),
          step.user().orElse(null),
          step.device().orElse(null),
          step.session().orElse(null),
          step.attempt() > 0 ? step.attempt() : null,
          step.detail().isEmpty() ? null : step.detail());
    }
  }

  /** In a list. */
  static DeliveryView of(StoredMessage stored) {
    return of(stored, null, null, null);
  }

  /**
   * By itself.
   *
   * @param steps the first {@link #MAX_STEPS}, and one if there are more
   * @param sessions of its user
   */
  static DeliveryView of(
      StoredMessage stored, List<DeliveryStep> steps, List<SessionRow> sessions) {
    String waitsFor = Standing.waitsFor(stored, steps, sessions);
    return of(
        stored,
        waitsFor.isEmpty() ? null : waitsFor,
        steps.stream().limit(MAX_STEPS).map(StepView::of).toList(),
        steps.size() > MAX_STEPS ? true : null);
  }

  private static DeliveryView of(
      StoredMessage stored,
      @Nullable String waitsFor,
      @Nullable List<StepView> steps,
      @Nullable Boolean moreSteps) {
    NewMessage message = stored.message();
    StreamKey stream = message.stream();
    return new DeliveryView(
        message.id(),
        stream.kind().name().toLowerCase(Locale.ROOT),
        stream.name().isEmpty() ? null : stream.name(),
        stored.epoch(),
        stored.offset(),
        stored.state().name(),
        message.recipients().device().orElse(null),
        message.recipients().session().orElse(null),
        message.recipients().selector().orElse(null),
        message.type(),
        message.contentType(),
        message.payload().length,
        message.key().orElse(null),
        message.expected().name().toLowerCase(Locale.ROOT),
        message.priority(),
        stored.attempts(),
        message.publishedAt(),
        stored.storedAt(),
        message.expiresAt().orElse(null),
        message.replyTo().map(to -> to.destination()).orElse(null),
        waitsFor,
        steps,
        moreSteps);
  }
}
