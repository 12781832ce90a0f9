package io.trunkline.client;

import io.trunkline.protocol.v1.Refreshed;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribed;
import io.trunkline.protocol.v1.Unsubscribed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription, its end, or a new token was answered.
 *
 * <p>This side answers {@code CANCELLED} when the connection went away or the client was closed,
 * {@code DEADLINE_EXCEEDED} when no answer came in time, {@code CONFLICT} for a topic that this
 * client has subscribed to already, {@code TOO_LARGE} over the gateway's frame limit.
 *
 * @param message for a person; empty when OK
 * @param stream where the topic's stream starts, when the gateway told it
 */
public record ControlResult(Status status, String message, Optional<StreamEvent> stream) {

  public boolean ok() {
    return status == Status.OK;
  }

  static ControlResult local(Status status, String message) {
    return new ControlResult(status, message, Optional.empty());
  }

  static ControlResult of(Subscribed answer) {
    @Nullable StreamStart start = answer.hasStream() ? answer.getStream() : null;
    return new ControlResult(
        answer.getStatus(), answer.getMessage(), Optional.ofNullable(start).map(StreamEvent::of));
  }

  static ControlResult of(Unsubscribed answer) {
    return local(answer.getStatus(), answer.getMessage());
  }

  static ControlResult of(Refreshed answer) {
    return local(answer.getStatus(), answer.getMessage());
  }
}
