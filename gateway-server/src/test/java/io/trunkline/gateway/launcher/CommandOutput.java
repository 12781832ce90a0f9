package io.trunkline.gateway.launcher;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a command prints that a test runs in its own process. The gateway in that process logs to
 * standard error whenever it likes: its lines are not the command's, and are left out.
 */
final class CommandOutput implements BeforeEachCallback, AfterEachCallback {
  private static final Predicate<String> LOGGED =
      Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (TRACE|DEBUG|INFO|WARN|ERROR) .*|\\t.*")
          .asMatchPredicate();

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

  @Override
  public void beforeEach(ExtensionContext context) {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.setOut(out);
    System.setErr(err);
  }

  /** Forgets what was printed so far. */
  void reset() {
    printed.reset();
    complained.reset();
  }

  /** Lines on standard output. */
  List<String> printed() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Lines on standard error. */
  List<String> complained() {
    return complained
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(Predicate.not(LOGGED))
        .toList();
  }
}
