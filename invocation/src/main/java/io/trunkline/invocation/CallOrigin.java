package io.trunkline.invocation;

import io.trunkline.protocol.v1.Response;

/** Where a call came from, and its answer goes. On its event loop, except for what says else. */
public interface CallOrigin {

  /** Runs on the origin's event loop: now if this is it, else soon. Any thread. */
  void onLoop(Runnable task);

  /** Writes an answer; it leaves soon, with others that are ready. */
  void respond(Response response);

  /** As {@link #respond}, from within a read, at whose end all answers to it leave in one flush. */
  default void respondInRead(long seq, CallResult result) {
    respond(result.toResponse(seq));
  }

  /** Calls from here that are worked on. */
  int callsInFlight();

  /** Notes a call; {@code cancel} is run when the origin goes away first. */
  void callStarted(Runnable cancel);

  void callDone(Runnable cancel);
}
