package io.trunkline.client;

import io.trunkline.protocol.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Who the client says it is, in Hello. The user comes from the token.
 *
 * @param deviceId names the installation, 1 to 128 bytes of UTF-8; keep it from start to start: one
 *     user has one session per device, the newer wins
 * @param platform for example android, ios, windows, linux, web
 * @param attributes for audiences; the token's claims win over the same name here
 */
public record ClientIdentity(
    String clientName,
    String clientVersion,
    String deviceId,
    String platform,
    Map<String, String> attributes) {

  public ClientIdentity {
    int bytes = deviceId.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > WireLimits.MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "deviceId has " + bytes + " bytes, 1 to " + WireLimits.MAX_NAME_BYTES + " are allowed");
    }
    attributes = Map.copyOf(attributes);
  }
}
