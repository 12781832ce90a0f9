package io.trunkline.persistence;

import io.trunkline.configuration.Setting;
import java.time.Duration;

/** Section {@code db}: where PostgreSQL is. */
public record DatabaseConfig(
    @Setting(
            value = "jdbc:postgresql://127.0.0.1:7432/trunkline",
            doc = "JDBC address of the PostgreSQL database.")
        String url,
    @Setting(value = "trunkline", doc = "User that owns the schema.") String user,
    @Setting(secret = true, doc = "Password of that user.") String password,
    @Setting(
            value = "8",
            min = "2",
            max = "100",
            doc = "Connections that one process keeps open at the most.")
        int poolSize,
    @Setting(
            value = "5s",
            min = "250ms",
            max = "5m",
            doc = "How long to wait for a connection before the database counts as away.")
        Duration connectTimeout) {}
