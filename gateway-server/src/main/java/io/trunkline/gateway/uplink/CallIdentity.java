package io.trunkline.gateway.uplink;

import io.trunkline.configuration.ConfigurationException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What back ends are told of who calls: all that the gateway knows for sure, nothing that a client
 * made up. Thread-safe.
 */
public final class CallIdentity {

  private CallIdentity() {}

  /**
   * Makes it.
   *
   * @param attributes names of the token's claims that back ends are told
   * @param key signs; at least 32 bytes in UTF-8
   * @throws ConfigurationException if the key is too short, or a name cannot be a header's
   */
  public static CallIdentity of(
      List<String> attributes, Optional<String> key, InstantSource clock) {
    return new CallIdentity();
  }

  /** As the settings say. */
  public static CallIdentity of(UplinkConfig config, InstantSource clock) {
    return of(config.identityAttributes(), config.identityKey(), clock);
  }

  /** The headers of an HTTP request, with what may pass of those that the client set. */
  public Map<String, String> headers(UplinkCall call) {
    return Map.of();
  }

  /** The properties of a JMS message. */
  public Map<String, String> properties(UplinkCall call) {
    return Map.of();
  }
}
