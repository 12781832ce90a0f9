package io.trunkline.gateway.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a call in an answer; the names of the components are the API's.
 *
 * @param message for a person; absent when OK
 * @param payload JSON as it came; absent where it is none
 * @param payloadBase64 what is no JSON
 */
@SuppressWarnings("ArrayRecordComponent") // written as Base64, compared by nobody
record CallView(
    Status status,
    @Nullable String message,
    @JsonRawValue @Nullable String payload,
    byte @Nullable [] payloadBase64,
    @Nullable String contentType,
    @Nullable Map<String, String> headers,
    @Nullable Duration retryAfter,
    long tookMs) {

  static CallView of(CallResult result, Duration took) {
    boolean json = !result.payload().isEmpty() && isJson(result);
    return new CallView(
        result.status(),
        result.message().isEmpty() ? null : result.message(),
        json ? result.text() : null,
        json || result.payload().isEmpty() ? null : result.payload().toByteArray(),
        result.contentType().isEmpty() ? null : result.contentType(),
        result.headers().isEmpty() ? null : result.headers(),
        result.retryAfter().isZero() ? null : result.retryAfter(),
        took.toMillis());
  }

  /** Says so, and is: it becomes part of the answer as it is. */
  private static boolean isJson(CallResult result) {
    if (!CallBody.isJson(result.contentType()) || !result.payload().isValidUtf8()) {
      return false;
    }
    try {
      return !Json.MAPPER.readTree(result.text()).isMissingNode();
    } catch (IOException e) {
      return false;
    }
  }
}
