package io.trunkline.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A child process that prints {@code ready} when it serves, and stops on SIGTERM. */
final class JavaProcess implements AutoCloseable {
  private static final long READY_SECONDS = 120;
  private static final long STOP_SECONDS = 40;
  private static final long ANSWER_SECONDS = 30;

  private final String name;
  private final Path log;
  private final long startNanos = System.nanoTime();
  private final Process process;

  /** Its standard output, for as long as it lives. */
  private final BufferedReader output;

  private final ProcessFigures figures;
  private final List<String> said = new ArrayList<>();
  private volatile boolean ready;

  /**
   * Starts it; {@link #awaitReady} waits until it serves.
   *
   * @param log takes its standard error
   */
  JavaProcess(String name, List<String> command, Path log) throws BenchmarkException {
    this.name = name;
    this.log = log;
    try {
      this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    } catch (IOException e) {
      throw new BenchmarkException(name + " cannot be started: " + e.getMessage(), e);
    }
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.figures = new ProcessFigures(process.pid());
  }

  /** The command line of a part of the distribution, with the JVM switches of this process. */
  static List<String> command(String part, List<String> options, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.add("-cp");
    command.add(distribution().resolve(part) + "/*");
    command.add(mainClass);
    return command;
  }

  /** Where the parts of the distribution are. */
  static Path distribution() {
    return Path.of(System.getProperty("trunkline.dist", "target/dist")).toAbsolutePath();
  }

  /**
   * Waits until it serves.
   *
   * @return seconds since its start
   */
  double awaitReady() throws BenchmarkException {
    // Kills it if it takes too long, which ends its output and so the loop below.
    process.onExit().orTimeout(READY_SECONDS, TimeUnit.SECONDS).exceptionally(this::killIfNotReady);
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals("ready")) {
          ready = true;
          return Progress.secondsSince(startNanos);
        }
        said.add(line);
      }
    } catch (IOException e) {
      throw new BenchmarkException(name + ": " + e.getMessage(), e);
    }
    throw new BenchmarkException(name + " did not start: " + lastLine());
  }

  private Process killIfNotReady(Throwable tooLate) {
    return ready ? process : process.destroyForcibly();
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return lines.isEmpty() ? "it said nothing" : lines.getLast();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What it printed up to {@code ready}. */
  List<String> said() {
    return said;
  }

  /** The first line that it printed up to {@code ready} that is like this. */
  Matcher told(Pattern pattern) throws BenchmarkException {
    for (String line : said) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
    throw new BenchmarkException(name + " printed no line like " + pattern);
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  ProcessFigures figures() {
    return figures;
  }

  /** Writes a line to its standard input. */
  void tell(String line) throws BenchmarkException {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new BenchmarkException(name + " has ended", e);
    }
  }

  /**
   * Writes a line to its standard input and waits for one on its standard output. A process that
   * does not answer within 30 seconds is killed.
   */
  String ask(String line) throws BenchmarkException {
    tell(line);
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(ANSWER_SECONDS, TimeUnit.SECONDS));
    try {
      String answer = output.readLine();
      if (answer == null) {
        throw new BenchmarkException(name + " did not answer: " + lastLine());
      }
      return answer;
    } catch (IOException e) {
      throw new BenchmarkException(name + ": " + e.getMessage(), e);
    } finally {
      late.cancel(false);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> family = process.descendants().toList();
    process.destroy();
    try {
      process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      System.err.println(name + " does not stop within " + STOP_SECONDS + " s; killing it");
    }
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
  }
}
