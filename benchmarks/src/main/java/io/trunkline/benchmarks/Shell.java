package io.trunkline.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Commands that answer at once. */
final class Shell {
  private Shell() {}

  /** The command's standard output. */
  static String run(String... command) throws BenchmarkException {
    String name = String.join(" ", command);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new BenchmarkException(name + " ended with exit code " + exit);
      }
      return output;
    } catch (IOException e) {
      throw new BenchmarkException(name + " cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    }
  }
}
