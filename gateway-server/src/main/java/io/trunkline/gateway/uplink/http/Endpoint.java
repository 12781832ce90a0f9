package io.trunkline.gateway.uplink.http;

import io.helidon.common.tls.Tls;
import java.net.URI;
import java.util.Optional;

/**
 * Where a back end is.
 *
 * @param path before all paths; empty or without a {@code /} at its end
 * @param tls of {@code https}
 */
record Endpoint(URI origin, String host, int port, String path, Optional<Tls> tls) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /**
   * Reads it.
   *
   * @param trust whom to believe where the address begins with https
   * @throws IllegalArgumentException if it is no such address
   */
  static Endpoint of(URI url, Tls trust) {
    String scheme = String.valueOf(url.getScheme());
    boolean secure = scheme.equalsIgnoreCase("https");
    if (!secure && !scheme.equalsIgnoreCase("http")) {
      throw new IllegalArgumentException("'" + url + "' does not begin with http:// or https://");
    }
    if (url.getHost() == null) {
      throw new IllegalArgumentException("'" + url + "' names no host");
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the address at " + url.getHost() + " must have no user, query or fragment");
    }
    if (url.getRawPath() != null && url.getRawPath().indexOf(';') >= 0) {
      throw new IllegalArgumentException("write ';' as %3B in the path of '" + url + "'");
    }
    int port = url.getPort() >= 0 ? url.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String host = url.getHost();
    return new Endpoint(
        URI.create((secure ? "https://" : "http://") + host + ":" + port),
        // An IPv6 address stands in brackets in a URI only.
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port,
        path,
        secure ? Optional.of(trust) : Optional.empty());
  }
}
