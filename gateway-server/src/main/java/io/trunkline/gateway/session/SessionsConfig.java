package io.trunkline.gateway.session;

import io.trunkline.configuration.Setting;
import java.time.Duration;

/** Section {@code sessions}: how sessions outlive their connection. */
public record SessionsConfig(
    @Setting(
            value = "2m",
            min = "0s",
            max = "24h",
            doc =
                "How long a client may come back for its session; 0s: it ends with its connection.")
        Duration grace,
    @Setting(
            value = "30s",
            min = "0s",
            max = "10m",
            doc = "How long a resume token still works when the one after it has been given out.")
        Duration tokenOverlap,
    @Setting(
            value = "256",
            min = "1",
            max = "100000",
            doc = "Calls to the client of one session that have no answer yet; more are BUSY.")
        int maxCalls) {

  /** Whether a session outlives its connection. */
  boolean resumable() {
    return grace.isPositive();
  }
}
