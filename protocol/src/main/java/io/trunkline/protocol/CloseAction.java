package io.trunkline.protocol;

/** What a client does about a close code: the meaning of the code's range. */
public enum CloseAction {
  /** 4000-4099 and every number outside the list: nobody's fault. */
  RECONNECT_NOW,
  /** 4100-4199: the gateway cannot at present. */
  RECONNECT_LATER,
  /** 4200-4299: this node will not. */
  RECONNECT_ELSEWHERE,
  /** 4400-4499: fetch another token first. */
  NEW_CREDENTIALS,
  /** 4300-4399 and 4500-4599: the client is wrong, or somebody decided it. */
  DO_NOT_RECONNECT;

  /** The action for a code, known or not: its range decides. */
  public static CloseAction of(int code) {
    return switch (code / 100) {
      case 41 -> RECONNECT_LATER;
      case 42 -> RECONNECT_ELSEWHERE;
      case 43, 45 -> DO_NOT_RECONNECT;
      case 44 -> NEW_CREDENTIALS;
      default -> RECONNECT_NOW;
    };
  }
}
