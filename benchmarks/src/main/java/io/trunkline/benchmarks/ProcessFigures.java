package io.trunkline.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Linux and the JVM tell of a process. Thread-safe. */
final class ProcessFigures {
  private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
  private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  /** Positions in /proc/PID/stat behind the command's closing parenthesis; proc(5). */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  private static final List<String> COMPILERS = List.of("C1 CompilerThre", "C2 CompilerThre");

  private final long pid;
  private final double ticksPerSecond;

  ProcessFigures(long pid) throws BenchmarkException {
    this.pid = pid;
    this.ticksPerSecond = Double.parseDouble(Shell.run("getconf", "CLK_TCK").strip());
  }

  static ProcessFigures ofThisProcess() throws BenchmarkException {
    return new ProcessFigures(ProcessHandle.current().pid());
  }

  /** User and system time since its start, in steps of 10 ms on most machines; seconds. */
  double cpuSeconds() throws BenchmarkException {
    return cpuSeconds(pid);
  }

  /**
   * The part of {@link #cpuSeconds()} that the JVM's compilers took: what a new process spends, and
   * one that runs for long does not. Their threads are told by their names, of which Linux keeps 15
   * characters.
   */
  double compilerCpuSeconds() throws BenchmarkException {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    double sum = 0;
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        sum += ofCompiler(thread);
      }
    } catch (IOException e) {
      throw new BenchmarkException("cannot read " + tasks + ": has the process ended?", e);
    }
    return sum;
  }

  private double ofCompiler(Path thread) {
    try {
      String name = Files.readString(thread.resolve("comm"), StandardCharsets.UTF_8).strip();
      return COMPILERS.contains(name)
          ? cpuSeconds(Files.readString(thread.resolve("stat"), StandardCharsets.UTF_8))
          : 0;
    } catch (IOException e) {
      return 0; // the thread has ended since; compilers stay
    }
  }

  /** The same of all processes that it started and that are alive. */
  double childrenCpuSeconds() throws BenchmarkException {
    return childrenCpuSeconds("");
  }

  /** The same of those whose program has this in its path. */
  double childrenCpuSeconds(String program) throws BenchmarkException {
    double sum = 0;
    try (Stream<ProcessHandle> children =
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants)) {
      for (ProcessHandle child : children.toList()) {
        if (child.info().command().orElse("").contains(program)) {
          sum += child.isAlive() ? cpuSeconds(child.pid()) : 0;
        }
      }
    }
    return sum;
  }

  private double cpuSeconds(long of) throws BenchmarkException {
    return cpuSeconds(read(of, "stat"));
  }

  private double cpuSeconds(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / ticksPerSecond;
  }

  /** Memory that is in RAM, shared pages included; bytes. */
  long residentBytes() throws BenchmarkException {
    Matcher rss = RSS.matcher(read(pid, "status"));
    if (!rss.find()) {
      throw new BenchmarkException("/proc/" + pid + "/status names no VmRSS");
    }
    return Long.parseLong(rss.group(1)) << 10;
  }

  /** What is reachable on the heap: a full collection, then the sum of all objects; bytes. */
  long liveHeapBytes() throws BenchmarkException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    String histogram = Shell.run(jcmd.toString(), Long.toString(pid), "GC.class_histogram");
    Matcher total = HISTOGRAM_TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new BenchmarkException("jcmd GC.class_histogram of " + pid + " has no total");
    }
    return Long.parseLong(total.group(1));
  }

  private static String read(long of, String file) throws BenchmarkException {
    Path path = Path.of("/proc", Long.toString(of), file);
    try {
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BenchmarkException("cannot read " + path + ": has the process ended?", e);
    }
  }
}
