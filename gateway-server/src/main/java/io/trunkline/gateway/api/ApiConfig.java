package io.trunkline.gateway.api;

import io.trunkline.configuration.Setting;
import io.trunkline.configuration.Size;

/** Section {@code api}: the management API. */
public record ApiConfig(
    @Setting(value = "127.0.0.1", doc = "Address to listen on.") String host,
    @Setting(
            value = "7401",
            min = "0",
            max = "65535",
            doc = "Port of the management API; 0 takes a free one.")
        int port,
    @Setting(secret = true, doc = "Bearer token that callers must show.") String token,
    @Setting(
            value = "2MiB",
            min = "1KiB",
            max = "128MiB",
            doc = "Largest body of a request; a notification's payload in Base64 must fit in.")
        Size maxBody) {
  public ApiConfig {
    if (token.length() < 16) {
      throw new IllegalArgumentException("token must have at least 16 characters");
    }
  }

  /** With the defaults for the others. */
  public ApiConfig(String host, int port, String token) {
    this(host, port, token, new Size(2 << 20));
  }
}
