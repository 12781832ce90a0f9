package io.trunkline.console;

import io.trunkline.persistence.DeliveryStep;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.StoredMessage;
import java.util.List;

/** What the database says about a message id. Equal if a page would show the same. */
sealed interface MessageReport {

  /** Whether nothing more can come. */
  default boolean isFinal() {
    return false;
  }

  /**
   * Stored, once or for several targets.
   *
   * @param more whether there are more than these
   */
  record Found(List<Delivery> deliveries, boolean more) implements MessageReport {
    public Found {
      deliveries = List.copyOf(deliveries);
    }

    @Override
    public boolean isFinal() {
      return deliveries.stream().allMatch(Delivery::isFinal);
    }
  }

  /** Not stored, or not yet, or not any more. */
  record NotFound() implements MessageReport {}

  /** The database does not answer. */
  record Unreadable() implements MessageReport {}

  /**
   * A message in one stream.
   *
   * @param message without its payload
   * @param steps the first ones
   * @param moreSteps whether there are more
   * @param waitsFor in words, what must happen next; empty if nothing
   */
  record Delivery(
      StoredMessage message,
      long payloadBytes,
      List<DeliveryStep> steps,
      boolean moreSteps,
      String waitsFor) {
    public Delivery {
      steps = List.copyOf(steps);
    }

    Place place() {
      return Place.of(message);
    }

    /** A dead one is not: somebody may retry it. */
    boolean isFinal() {
      return message.state() != MessageState.PENDING && message.state() != MessageState.DEAD;
    }
  }
}
