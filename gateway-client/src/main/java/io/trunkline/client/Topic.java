package io.trunkline.client;

import java.util.concurrent.CompletableFuture;

/** One subscription's state. Event loop only, except what is final. */
final class Topic {
  final String name;
  final NotificationListener listener;

  /** Of the first answer. */
  final CompletableFuture<ControlResult> first;

  /** Subscribe was sent on the present connection, or waits to be sent again. */
  boolean asked;

  /** Refusals of the renewal in a row. */
  int failures;

  Topic(String name, NotificationListener listener, CompletableFuture<ControlResult> first) {
    this.name = name;
    this.listener = listener;
    this.first = first;
  }
}
