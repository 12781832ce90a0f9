package io.trunkline.persistence;

import io.trunkline.configuration.Setting;
import java.time.Duration;

/** Section {@code journal}: how session records reach the database. */
public record JournalConfig(
    @Setting(
            value = "500",
            min = "1",
            max = "10000",
            doc = "Records written in one transaction at the most.")
        int batchSize,
    @Setting(
            value = "50ms",
            min = "1ms",
            max = "10s",
            doc = "How long the first record of a batch waits for others.")
        Duration linger,
    @Setting(
            value = "200000",
            min = "1000",
            max = "10000000",
            doc = "Waiting records at which no new session is accepted.")
        int maxBacklog,
    @Setting(
            value = "10s",
            min = "0s",
            max = "5m",
            doc = "How long a stopping node tries to write what waits.")
        Duration closeTimeout,
    @Setting(
            value = "0s",
            min = "0s",
            max = "36500d",
            doc = "How long ended sessions stay in history; 0s keeps them for ever.")
        Duration retention) {}
