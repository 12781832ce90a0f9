package io.trunkline.persistence;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A live session as the database has it.
 *
 * @param detachedAt since when it has no connection; null while it has one
 * @param resumableUntil until when its client may come back; null while it has a connection
 */
public record SessionRow(
    UUID id,
    int epoch,
    String state,
    String user,
    String device,
    String clientName,
    String clientVersion,
    String platform,
    String transport,
    String remoteAddress,
    String node,
    Map<String, String> attributes,
    Instant startedAt,
    @Nullable Instant detachedAt,
    @Nullable Instant resumableUntil) {

  /**
   * What a selector sees under a name: what the gateway knows of the session, and for all other
   * names its attributes. What the client did not say is {@code null}, as what is not there.
   */
  public @Nullable String attribute(String name) {
    return switch (name) {
      case "user" -> user;
      case "device" -> device;
      case "platform" -> said(platform);
      case "client_name" -> said(clientName);
      case "client_version" -> said(clientVersion);
      case "transport" -> transport;
      case "remote_address" -> remoteAddress;
      case "node" -> node;
      case "state" -> state;
      default -> attributes.get(name);
    };
  }

  private static @Nullable String said(String text) {
    return text.isEmpty() ? null : text;
  }
}
