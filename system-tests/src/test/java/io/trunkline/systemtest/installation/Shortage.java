package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * For how long something on this machine could not run because all processors were taken, from when
 * it is made: what a contract's time does not count. Linux tells it ({@code /proc/pressure/cpu}); a
 * machine that does not is taken to have had enough.
 */
public final class Shortage {
  private static final Path PRESSURE = Path.of("/proc/pressure/cpu");
  private static final Pattern TOTAL_US = Pattern.compile("^some .*total=(\\d+)");

  private final Duration before = total();

  public Duration soFar() {
    return total().minus(before);
  }

  private static Duration total() {
    try {
      Matcher matcher = TOTAL_US.matcher(Files.readString(PRESSURE));
      return matcher.find()
          ? Duration.of(Long.parseLong(matcher.group(1)), ChronoUnit.MICROS)
          : Duration.ZERO;
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }
}
