package io.trunkline.systemtest.installation;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A child process whose output goes to files, so that it can be read while it runs and after. */
public final class Program implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(5);

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private Program(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts it.
   *
   * @param folder for its output, {@code <name>.out} and {@code <name>.err}; made if not there
   */
  public static Program start(Path folder, String name, List<String> command) throws IOException {
    return start(folder, name, command, ProcessBuilder.Redirect.from(new File("/dev/null")));
  }

  /** The same, with a standard input that ends with this process, however it ends. */
  static Program startBelow(Path folder, String name, List<String> command) throws IOException {
    return start(folder, name, command, ProcessBuilder.Redirect.PIPE);
  }

  private static Program start(
      Path folder, String name, List<String> command, ProcessBuilder.Redirect input)
      throws IOException {
    Files.createDirectories(folder);
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Program(name, process, out, err);
  }

  Process process() {
    return process;
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Whole lines of its standard output so far. */
  public List<String> output() {
    return lines(out);
  }

  /** Whole lines of its standard error so far. */
  public List<String> errors() {
    return lines(err);
  }

  private static List<String> lines(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for a line of standard output.
   *
   * @throws AssertionError with all it said, if it ends before, or the time is over
   */
  public void awaitOutput(String line, Duration atMost) {
    await(name + " says '" + line + "'")
        .atMost(atMost)
        .pollInterval(POLL)
        .failFast(
            () -> {
              if (!process.isAlive() && !output().contains(line)) {
                throw new AssertionError(told("ended"));
              }
            })
        .until(() -> output().contains(line));
  }

  /**
   * Waits for its end.
   *
   * @return exit code
   * @throws AssertionError with all it said, if it does not end in time
   */
  public int awaitExit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(told("does not end"));
    }
    return process.exitValue();
  }

  void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM, and waits. */
  public int stop() throws InterruptedException {
    process.destroy();
    return awaitStopped();
  }

  /** Waits for the end of what was asked to stop. */
  int awaitStopped() throws InterruptedException {
    return awaitExit(STOP_TIMEOUT);
  }

  /** SIGKILL, and waits. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** All it said, for a person who looks for the cause of a failure. */
  String told(String what) {
    return String.join(
        "\n",
        name + " " + what + (process.isAlive() ? "" : ", exit code " + process.exitValue()),
        "--- " + out,
        String.join("\n", output()),
        "--- " + err,
        String.join("\n", errors()));
  }

  /** Whatever it is doing, it is over now. */
  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
