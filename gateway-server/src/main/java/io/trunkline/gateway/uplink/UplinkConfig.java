package io.trunkline.gateway.uplink;

import io.trunkline.configuration.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Section {@code uplink}: calls from clients. */
public record UplinkConfig(
    @Setting(value = "10s", min = "10ms", max = "10m", doc = "Deadline of a call that names none.")
        Duration defaultDeadline,
    @Setting(value = "60s", min = "100ms", max = "1h", doc = "Longest deadline a call may ask for.")
        Duration maxDeadline,
    @Setting(
            value = "64",
            min = "1",
            max = "100000",
            doc = "Calls that a blocking service works on at a time; the routes file can say else.")
        int maxConcurrent,
    @Setting(
            value = "1024",
            min = "0",
            max = "1000000",
            doc = "Calls that wait for a blocking service; more are answered BUSY.")
        int maxQueued,
    @Setting(
            doc =
                "File that says which back end answers for which service, and within which bounds;"
                    + " may come later, and change.")
        Optional<Path> routes,
    @Setting(
            value = "2s",
            min = "10ms",
            max = "1h",
            doc = "How often the node looks whether the routes file has changed.")
        Duration routesCheck,
    @Setting(
            secret = true,
            doc =
                "Key that signs who calls, for back ends to verify: at least 32 bytes; without it"
                    + " nothing is signed.")
        Optional<String> identityKey,
    @Setting(
            doc = "Claims of the client's token that back ends are told, by name; without it none.")
        List<String> identityAttributes) {

  /** No routes file, nothing signed, no attributes. */
  public UplinkConfig(
      Duration defaultDeadline, Duration maxDeadline, int maxConcurrent, int maxQueued) {
    this(
        defaultDeadline,
        maxDeadline,
        maxConcurrent,
        maxQueued,
        Optional.empty(),
        Duration.ofSeconds(2),
        Optional.empty(),
        List.of());
  }
}
