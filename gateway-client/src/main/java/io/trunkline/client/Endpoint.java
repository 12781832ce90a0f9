package io.trunkline.client;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

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

  /**
   * An address as GoAway has it: a URL, or host and port.
   *
   * @param like how host and port are reached; null: by TCP
   * @throws IllegalArgumentException says what is wrong with the address
   */
  static Endpoint at(String address, @Nullable Endpoint like) {
    try {
      if (address.contains("://")) {
        return of(new URI(address));
      }
      return of(
          like == null
              ? new URI("tcp://" + address)
              : new URI(like.url.getScheme() + "://" + address + like.url.getRawPath()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + address + "' is not an address", e);
    }
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
