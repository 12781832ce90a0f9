package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Java program of the distribution in a JVM of its own. It prints {@code ready} when it serves,
 * and stops when its standard input ends, so also when this process is killed.
 */
record JavaChild(
    String name,
    Path classPath,
    String javaOptions,
    String mainClass,
    List<String> arguments,
    Path log)
    implements Child.Kind {

  @Override
  public List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseCompactObjectHeaders");
    command.add("-Xlog:disable"); // the JVM's own remarks, which would go to standard output
    command.add("-XX:+AutoCreateSharedArchive");
    command.add("-XX:SharedArchiveFile=" + classPath.resolve(name + ".jsa"));
    command.addAll(Arrays.asList(javaOptions.strip().split("\\s+", -1)));
    command.add("-cp");
    command.add(classPath + "/*");
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  @Override
  public void awaitReady(Process process) throws StartupException, IOException {
    var reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.equals("ready")) {
        return;
      }
    }
    throw new StartupException(name + " did not start: " + lastLogLine());
  }

  private String lastLogLine() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return lines.isEmpty() ? "it said nothing, see " + log : lines.getLast();
  }

  @Override
  public void requestStop(ProcessHandle process) {
    // Its standard input has ended already; for one that was left behind, too.
    process.destroy();
  }
}
