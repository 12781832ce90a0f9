package io.trunkline.gateway.api;

import io.trunkline.configuration.Setting;

/** Section {@code api}: the management API. */
public record ApiConfig(
    @Setting(value = "127.0.0.1", doc = "Address to listen on.") String host,
    @Setting(
            value = "7401",
            min = "0",
            max = "65535",
            doc = "Port of the management API; 0 takes a free one.")
        int port,
    @Setting(secret = true, doc = "Bearer token that callers must show.") String token) {
  public ApiConfig {
    if (token.length() < 16) {
      throw new IllegalArgumentException("token must have at least 16 characters");
    }
  }
}
