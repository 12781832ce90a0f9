package io.trunkline.client;

/** Where a client is. {@link #mayBecome} is the table of allowed moves. */
public enum ClientState {
  /** Built, {@code connect()} not called. */
  NEW,
  /** From the look-up of the address until Welcome. */
  CONNECTING,
  /** Welcome is there; calls can be made. */
  CONNECTED,
  /** Between two attempts. */
  WAITING,
  /** For good. */
  CLOSED;

  /** Whether a client may go from this state to {@code next}. */
  public boolean mayBecome(ClientState next) {
    return switch (this) {
      case NEW -> next == CONNECTING || next == CLOSED;
      case CONNECTING -> next == CONNECTED || next == WAITING || next == CLOSED;
      case CONNECTED -> next == WAITING || next == CLOSED;
      case WAITING -> next == CONNECTING || next == CLOSED;
      case CLOSED -> false;
    };
  }
}
