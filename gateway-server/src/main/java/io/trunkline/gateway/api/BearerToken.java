package io.trunkline.gateway.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Lets a request go on if it shows the token (RFC 6750, in the header only). */
final class BearerToken implements Handler {
  private static final String SCHEME = "Bearer ";

  private final byte[] expected;

  BearerToken(String token) {
    expected = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    if (!isShown(request.headers().first(HeaderNames.AUTHORIZATION).orElse(""))) {
      throw new ApiException(
          ProblemType.UNAUTHORIZED, "show the API's token: Authorization: Bearer <api.token>");
    }
    response.next();
  }

  private boolean isShown(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        // Takes the same time wherever the two differ.
        && MessageDigest.isEqual(
            expected,
            authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
