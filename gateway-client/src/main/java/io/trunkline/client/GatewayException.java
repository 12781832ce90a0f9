package io.trunkline.client;

/** The gateway refused the connection, with a close code. */
public final class GatewayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;
  private final String codeName;

  GatewayException(Disconnect disconnect) {
    super(disconnect.name() + " (" + disconnect.code() + "): " + disconnect.message());
    this.code = disconnect.code();
    this.codeName = disconnect.name();
  }

  /** A close code of PROTOCOL.md, or one that this version does not know. */
  public int code() {
    return code;
  }

  /** The code's name; {@code CODE_<number>} when it is not known. */
  public String codeName() {
    return codeName;
  }
}
