package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The built product, and its commands as the script {@code trunkline} has them. */
public final class Distribution {
  /** As the script's: commands that live for a moment. */
  private static final List<String> QUICK =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  /** A node of a test lives for a minute: what the second compiler costs then is not won back. */
  private static final List<String> NODE =
      List.of(
          "-Xms64m",
          "-Xmx512m",
          "-Xlog:disable",
          "-XX:TieredStopAtLevel=1",
          "-Dio.netty.leakDetection.level=paranoid");

  private Distribution() {}

  static Path root() {
    return Path.of(property("dist.dir"));
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), () -> name + " is set by the build");
  }

  /** Where the tests leave logs, data and pictures. */
  public static Path testFolder() {
    return Path.of(property("test.dir"));
  }

  /** The jars of a part. */
  public static List<Path> jars(String part) throws IOException {
    try (var all = Files.list(root().resolve(part))) {
      return all.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /** {@code ./trunkline run}. */
  public static List<String> run(Path data, List<String> settings) {
    return run(data, settings, /* makesArchive= */ false);
  }

  /**
   * The same.
   *
   * @param makesArchive whether it writes the archive of classes at its end if there is none, as
   *     the script has it: then the starts after it take half the processor's time
   */
  static List<String> run(Path data, List<String> settings, boolean makesArchive) {
    List<String> arguments = new ArrayList<>(List.of("run", "--data", data.toString()));
    for (String setting : settings) {
      arguments.add("--set");
      arguments.add(setting);
    }
    return java("server", node(makesArchive), "io.trunkline.gateway.launcher.Main", arguments);
  }

  private static List<String> node(boolean makesArchive) {
    List<String> options = new ArrayList<>(NODE);
    options.add(archive("server"));
    if (makesArchive) {
      options.add("-XX:+AutoCreateSharedArchive");
    }
    return options;
  }

  /** The archive of a part's classes, which a {@code run} leaves; not used if it does not fit. */
  private static String archive(String part) {
    return "-XX:SharedArchiveFile=" + root().resolve(part).resolve(part + ".jsa");
  }

  /** {@code ./trunkline node}. */
  public static List<String> node(Path settings) {
    return java(
        "server",
        node(/* makesArchive= */ false),
        "io.trunkline.gateway.launcher.Main",
        List.of("node", "--config", settings.toString()));
  }

  /** The broker as {@code run} starts it; it lives as long as its standard input. */
  static List<String> broker(Path data, int port, Path users) {
    return java(
        "broker",
        List.of("-Xmx384m", "-Xlog:disable", "-XX:TieredStopAtLevel=1", archive("broker")),
        "io.trunkline.broker.BrokerMain",
        List.of(
            "--data", data.toString(),
            "--host", "127.0.0.1",
            "--port", Integer.toString(port),
            "--users", users.toString()));
  }

  /** {@code ./trunkline publish}. */
  public static List<String> publish(List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("publish"));
    all.addAll(arguments);
    List<String> options = new ArrayList<>(QUICK);
    options.addAll(List.of("-Xlog:disable", archive("server")));
    return java("server", options, "io.trunkline.gateway.launcher.Main", all);
  }

  /** {@code ./trunkline client}. */
  public static List<String> client(List<String> arguments) {
    return java("client", QUICK, "io.trunkline.client.cli.ClientMain", arguments);
  }

  private static List<String> java(
      String part, List<String> options, String mainClass, List<String> arguments) {
    if (!Files.isDirectory(root().resolve(part))) {
      throw new IllegalStateException(
          root().resolve(part) + " is not there: build with the phase 'package'");
    }
    List<String> command = new ArrayList<>();
    command.add(javaProgram("java"));
    command.addAll(Arrays.asList(property("trunkline.jvm.args").split(" ", -1)));
    command.addAll(options);
    command.add("-Dtrunkline.dist=" + root());
    command.add("-cp");
    command.add(root().resolve(part) + "/*");
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  /** A program of the JDK that the tests run on. */
  public static String javaProgram(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
