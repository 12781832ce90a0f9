package io.trunkline.gateway.uplink;

import io.trunkline.configuration.Setting;
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
            doc = "Calls that a blocking service works on at a time.")
        int maxConcurrent,
    @Setting(
            value = "1024",
            min = "0",
            max = "1000000",
            doc = "Calls that wait for a blocking service; more are answered BUSY.")
        int maxQueued,
    @Setting(
            secret = true,
            doc =
                "Key that signs who calls, for back ends to verify: at least 32 bytes; without it"
                    + " nothing is signed.")
        Optional<String> identityKey,
    @Setting(
            doc = "Claims of the client's token that back ends are told, by name; without it none.")
        List<String> identityAttributes) {

  /** Nothing signed, no attributes. */
  public UplinkConfig(
      Duration defaultDeadline, Duration maxDeadline, int maxConcurrent, int maxQueued) {
    this(defaultDeadline, maxDeadline, maxConcurrent, maxQueued, Optional.empty(), List.of());
  }
}
