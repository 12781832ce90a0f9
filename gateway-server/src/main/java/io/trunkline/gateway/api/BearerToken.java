package io.trunkline.gateway.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Lets a request go on if it shows the token (RFC 6750, in the header only). */
final class BearerToken implements Handler {
  private static final String SCHEME = "Bearer ";

  private final byte[] expected;

  BearerToken(String token) {
    expected = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    if (!isShown(shown(request).orElse(""))) {
      throw new ApiException(
          ProblemType.UNAUTHORIZED, "show the API's token: Authorization: Bearer <api.token>");
    }
    response.next();
  }

  /** What a request shows after {@code Bearer}. */
  static Optional<String> shown(ServerRequest request) {
    return request
        .headers()
        .first(HeaderNames.AUTHORIZATION)
        .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        .map(header -> header.substring(SCHEME.length()).strip());
  }

  /** Whether this is the token. */
  boolean isShown(String token) {
    // Takes the same time wherever the two differ.
    return MessageDigest.isEqual(expected, token.getBytes(StandardCharsets.UTF_8));
  }
}
