package io.trunkline.gateway.api;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.webserver.http.ServerRequest;

/** Bodies of requests; how large they may be is the server's setting. */
final class RequestBody {
  private RequestBody() {}

  static byte[] json(ServerRequest request) {
    boolean json =
        request
            .headers()
            .contentType()
            .map(type -> type.mediaType().equals(MediaTypes.APPLICATION_JSON))
            .orElse(true);
    if (!json) {
      throw new ApiException(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json");
    }
    if (!request.content().hasEntity()) {
      throw ApiException.body("the body must be a JSON object");
    }
    return request.content().as(byte[].class);
  }
}
