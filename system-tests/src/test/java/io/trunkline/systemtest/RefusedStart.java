package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.systemtest.installation.Distribution;
import io.trunkline.systemtest.installation.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** {@code run} where it cannot: one line that says what and where, exit code 2. */
final class RefusedStart {
  static final Duration EXIT_TIMEOUT = Duration.ofMinutes(2);

  private RefusedStart() {}

  /**
   * Starts on free ports but for these settings.
   *
   * @param output folder for what it says
   * @return the one line besides progress
   */
  static String says(Path output, Path data, String... settings) throws Exception {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "clients.port=0",
                    "api.port=0",
                    "embedded.postgres-port=0",
                    "embedded.jms-port=0",
                    "embedded.console=false"),
                Stream.of(settings))
            .toList();
    try (Program run = Program.start(output, "refused", Distribution.run(data, all))) {
      int exit = run.awaitExit(EXIT_TIMEOUT);

      assertThat(exit).as(run.errors().toString()).isEqualTo(2);
      assertThat(run.output()).isEmpty();
      List<String> said =
          run.errors().stream()
              .filter(line -> !line.matches("\\[ *[0-9.]+ s\\] .*"))
              .filter(line -> !line.matches("[0-9:.]+ INFO .*"))
              .toList();
      assertThat(said).singleElement().asString().startsWith("trunkline: ");
      return said.getFirst();
    }
  }
}
