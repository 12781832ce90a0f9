package io.trunkline.benchmarks;

/** A benchmark cannot go on, told in one line. */
final class BenchmarkException extends Exception {
  private static final long serialVersionUID = 1;

  BenchmarkException(String message) {
    super(message);
  }

  BenchmarkException(String message, Throwable cause) {
    super(message, cause);
  }
}
