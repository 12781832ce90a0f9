package io.trunkline.jms;

import io.trunkline.configuration.Setting;
import io.trunkline.configuration.Size;
import java.time.Duration;

/** Section {@code jms}: where the broker is. */
public record JmsConfig(
    @Setting(value = "tcp://127.0.0.1:61616", doc = "Address of the Artemis broker.") String url,
    @Setting(value = "gateway", doc = "User of the broker.") String user,
    @Setting(secret = true, doc = "Password of that user.") String password,
    @Setting(
            value = "15s",
            min = "250ms",
            max = "5m",
            doc =
                "How long to wait for a connection before the broker counts as away. A program that"
                    + " starts on a busy machine needs seconds for its first one.")
        Duration connectTimeout,
    @Setting(
            value = "10s",
            min = "2s",
            max = "10m",
            doc = "Silence after which broker and client take each other for dead.")
        Duration connectionTtl,
    @Setting(
            value = "1MiB",
            min = "1KiB",
            max = "64MiB",
            doc = "Largest body of a downlink message; a larger one is rejected.")
        Size maxBody) {

  private static final Duration MAX_PATIENCE = Duration.ofSeconds(5);

  /** With the default for bodies. */
  public JmsConfig(
      String url, String user, String password, Duration connectTimeout, Duration connectionTtl) {
    this(url, user, password, connectTimeout, connectionTtl, new Size(1 << 20));
  }

  /** How long somebody who waits for an answer is kept while the connection is being replaced. */
  Duration patience() {
    return connectTimeout.compareTo(MAX_PATIENCE) < 0 ? connectTimeout : MAX_PATIENCE;
  }
}
