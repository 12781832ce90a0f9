package io.trunkline.persistence;

import java.util.List;
import java.util.Optional;

/** In words for a person: what a stored message waits for. The same wherever it is shown. */
public final class Standing {
  private Standing() {}

  /**
   * What must happen next.
   *
   * @param steps of its trace
   * @param sessions those of its user
   * @return empty if nothing more happens by itself or is needed
   */
  public static String waitsFor(
      StoredMessage stored, List<DeliveryStep> steps, List<SessionRow> sessions) {
    return switch (stored.state()) {
      case PENDING -> pending(stored.message(), steps, sessions);
      case DEAD -> "Nothing more happens unless an operator retries it.";
      case DELIVERED, REPLIED, EXPIRED, CONFLATED, FAILED, CLOSED -> "";
    };
  }

  private static String pending(
      NewMessage message, List<DeliveryStep> steps, List<SessionRow> sessions) {
    if (message.stream().kind() != StreamKey.Kind.USER) {
      return "Recipients can still answer.";
    }
    List<SessionRow> meant = sessions.stream().filter(row -> isMeant(message, row)).toList();
    if (meant.isEmpty()) {
      return "Nobody whom it is for is connected. It is sent when one of them is.";
    } else if (meant.stream().allMatch(row -> row.state().equals("DETACHED"))) {
      return "The connection is lost. It is sent when the client is back.";
    }
    boolean sent = !steps.isEmpty() && steps.getLast().kind() == DeliveryStep.Kind.SENT;
    return sent ? "Waiting for the acknowledgement." : "About to be sent.";
  }

  private static boolean isMeant(NewMessage message, SessionRow row) {
    Optional<String> device = message.recipients().device();
    return device.map(row.device()::equals).orElse(true)
        && message.recipients().session().map(row.id()::equals).orElse(true);
  }
}
