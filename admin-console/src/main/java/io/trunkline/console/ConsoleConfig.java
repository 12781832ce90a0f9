package io.trunkline.console;

import io.trunkline.configuration.Setting;
import java.time.Duration;
import java.util.Optional;

/** Section {@code console}: where the console listens and how lively it is. */
public record ConsoleConfig(
    @Setting(value = "127.0.0.1", doc = "Address that the console listens on.") String host,
    @Setting(
            value = "7402",
            min = "0",
            max = "65535",
            doc = "Port that the console listens on; 0 takes a free one.")
        int port,
    @Setting(
            value = "30m",
            min = "1m",
            max = "1d",
            doc = "How long an operator may do nothing before being logged out.")
        Duration idleTimeout,
    @Setting(
            value = "false",
            doc =
                "Whether browsers may send the session cookie over HTTPS only; set it behind TLS.")
        boolean secureCookie,
    @Setting(
            value = "1s",
            min = "100ms",
            max = "1m",
            doc = "Least time between two refreshes that events cause in one browser window.")
        Duration pushInterval,
    @Setting(
            value = "10s",
            min = "1s",
            max = "10m",
            doc = "Time between two refreshes without any event.")
        Duration refreshInterval,
    @Setting(
            value = "3s",
            min = "250ms",
            max = "5m",
            doc = "Time between two looks at whether database and broker are there.")
        Duration healthInterval,
    @Setting(
            value = "5",
            min = "1",
            max = "100",
            doc = "Failed log-ins of one name from one address before it has to wait.")
        int loginAttempts,
    @Setting(
            value = "30s",
            min = "1s",
            max = "1h",
            doc =
                "First wait after that; it doubles with each further failure, up to 16 times this.")
        Duration loginWait,
    @Setting(
            secret = true,
            doc =
                "The nodes' api.token, for what only nodes know; default: none, and then the console"
                    + " does not ask them. run gives it.")
        Optional<String> apiToken,
    @Setting(
            value = "3s",
            min = "100ms",
            max = "1m",
            doc = "How long a node's API may take to answer.")
        Duration apiTimeout) {}
