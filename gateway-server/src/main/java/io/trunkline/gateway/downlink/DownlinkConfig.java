package io.trunkline.gateway.downlink;

import io.trunkline.configuration.Setting;
import java.time.Duration;

/** Section {@code downlink}: messages to clients. */
public record DownlinkConfig(
    @Setting(
            value = "30s",
            min = "100ms",
            max = "24h",
            doc = "How long a message waits for its acknowledgement before it counts as failed.")
        Duration ackTimeout,
    @Setting(
            value = "1s",
            min = "0s",
            max = "1m",
            doc =
                "How long a node remembers where one session, or one device of a user, is"
                    + " connected; 0s: it asks the database for each batch of messages.")
        Duration routeLife) {}
