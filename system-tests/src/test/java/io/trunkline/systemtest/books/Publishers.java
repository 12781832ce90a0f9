package io.trunkline.systemtest.books;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Several publishers, each with users of its own: one alone would wait for the broker's disk. */
final class Publishers implements AutoCloseable {
  static final int COUNT = 4;

  private final List<Publisher> all;

  Publishers(Plan plan, String url, String password) {
    all = IntStream.range(0, COUNT).mapToObj(i -> new Publisher(plan, i, url, password)).toList();
  }

  List<Publication> accepted() {
    return all.stream().flatMap(publisher -> publisher.accepted().stream()).toList();
  }

  /** No new messages; waits until the broker has those there are. */
  void finish(Duration atMost) throws InterruptedException {
    all.forEach(Publisher::finish);
    for (Publisher publisher : all) {
      if (!publisher.awaitEnd(atMost)) {
        throw new AssertionError("not all could be published within " + atMost);
      }
    }
  }

  /** No new messages until {@link #resume}; waits until the broker has those there are. */
  void rest(Duration atMost) throws InterruptedException {
    for (Publisher publisher : all) {
      if (!publisher.rest(atMost)) {
        throw new AssertionError("not all could be published within " + atMost);
      }
    }
  }

  void resume() {
    all.forEach(Publisher::resume);
  }

  @Override
  public void close() {
    all.forEach(Publisher::close);
  }
}
