package io.trunkline.client;

import java.net.URI;
import java.net.URISyntaxException;

/** Where a gateway is, taken from a URL. */
record Endpoint(URI url, String host, int port, boolean webSocket) {

  /**
   * @throws IllegalArgumentException says what is wrong with the URL
   */
  static Endpoint of(URI url) {
    String scheme = url.getScheme();
    if (!"tcp".equals(scheme) && !"ws".equals(scheme)) {
      throw new IllegalArgumentException(
          "'" + url + "' is neither tcp://host:port nor ws://host:port/path");
    }
    if (url.getHost() == null || url.getPort() < 1 || url.getPort() > 65_535) {
      throw new IllegalArgumentException("'" + url + "' does not name a host and a port");
    }
    return new Endpoint(url, url.getHost(), url.getPort(), scheme.equals("ws"));
  }

  /** An address as GoAway has it: a URL, or host and port to be reached as this one. */
  Endpoint elsewhere(String address) {
    try {
      return of(
          address.contains("://")
              ? new URI(address)
              : new URI(url.getScheme() + "://" + address + url.getRawPath()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + address + "' is not an address", e);
    }
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
