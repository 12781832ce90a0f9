package io.trunkline.protocol;

/** Limits of {@code trunkline.v1} that both sides rely on. */
public final class WireLimits {
  /** Largest encoded {@code Frame} unless the gateway is configured otherwise; told in Welcome. */
  public static final int DEFAULT_MAX_FRAME_BYTES = 1 << 20;

  /** Largest first frame: a Hello with its token. */
  public static final int MAX_HELLO_BYTES = 16 << 10;

  /** A length prefix has at most so many bytes (a varint of 32 bits). */
  public static final int MAX_LENGTH_PREFIX_BYTES = 5;

  /** Names on the wire (user, device, topic, service, method), in UTF-8 bytes. */
  public static final int MAX_NAME_BYTES = 128;

  private WireLimits() {}
}
