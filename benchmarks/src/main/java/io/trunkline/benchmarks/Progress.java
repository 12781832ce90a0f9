package io.trunkline.benchmarks;

import java.io.PrintStream;
import java.util.Locale;

/** Tells on standard error what is going on, with the seconds since the start. Thread-safe. */
final class Progress {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  void say(String line) {
    out.printf(Locale.ROOT, "[%5.1f s] %s%n", secondsSince(startNanos), line);
  }

  static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
