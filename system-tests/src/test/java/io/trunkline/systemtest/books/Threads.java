package io.trunkline.systemtest.books;

/** Waiting for threads that end soon. */
final class Threads {
  private Threads() {}

  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
