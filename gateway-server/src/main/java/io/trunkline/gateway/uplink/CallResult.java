package io.trunkline.gateway.uplink;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Status;

/** The outcome of a call. */
public sealed interface CallResult {

  record Ok(ByteString payload, String contentType) implements CallResult {}

  /**
   * @param status any but OK
   * @param message for the person who called
   * @param retryAfterMs 0 if unknown
   */
  record Failed(Status status, String message, int retryAfterMs) implements CallResult {}

  static CallResult json(String json) {
    return new Ok(ByteString.copyFromUtf8(json), "application/json");
  }

  static CallResult failed(Status status, String message) {
    return new Failed(status, message, 0);
  }
}
