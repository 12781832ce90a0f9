package io.trunkline.console;

import java.time.Duration;

/**
 * Turns any number of signals into at most one run per interval. After a signal there is always a
 * run that begins later than the signal; two runs never overlap. Thread-safe.
 */
final class Coalescer {
  private final Background background;
  private final Duration interval;
  private final Runnable action;
  private State state = State.IDLE;

  private enum State {
    IDLE,
    WAITING,
    RUNNING,
    RUNNING_AND_SIGNALLED,
    CLOSED
  }

  Coalescer(Background background, Duration interval, Runnable action) {
    this.background = background;
    this.interval = interval;
    this.action = action;
  }

  synchronized void signal() {
    switch (state) {
      case IDLE -> await();
      case RUNNING -> state = State.RUNNING_AND_SIGNALLED;
      case WAITING, RUNNING_AND_SIGNALLED, CLOSED -> {}
    }
  }

  /** No run begins after this. */
  synchronized void close() {
    state = State.CLOSED;
  }

  private void await() {
    state = State.WAITING;
    background.after(interval, this::run);
  }

  private void run() {
    if (!move(State.WAITING, State.RUNNING)) {
      return;
    }
    try {
      action.run();
    } finally {
      done();
    }
  }

  private synchronized boolean move(State from, State to) {
    if (state != from) {
      return false;
    }
    state = to;
    return true;
  }

  private synchronized void done() {
    switch (state) {
      case RUNNING -> state = State.IDLE;
      case RUNNING_AND_SIGNALLED -> await();
      case IDLE, WAITING, CLOSED -> {}
    }
  }
}
