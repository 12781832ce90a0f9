package io.trunkline.gateway.launcher;

import io.trunkline.configuration.Setting;

/** Section {@code embedded}: what {@code run} starts itself where no external one is configured. */
public record EmbeddedConfig(
    @Setting(
            value = "7432",
            min = "0",
            max = "65535",
            doc = "Port of the embedded PostgreSQL, on 127.0.0.1; 0 takes a free one.")
        int postgresPort,
    @Setting(
            value = "61616",
            min = "0",
            max = "65535",
            doc = "Port of the embedded Artemis, on 127.0.0.1; 0 takes a free one.")
        int jmsPort,
    @Setting(value = "true", doc = "Whether the console is started too.") boolean console,
    @Setting(value = "-Xmx384m", doc = "Java options of the broker's process.") String brokerJava,
    @Setting(
            value = "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            doc = "Java options of the console's process.")
        String consoleJava) {}
