package io.trunkline.gateway.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The address that others are told: where they reach what listens here. */
public final class AdvertisedAddress {
  private static final Logger log = LoggerFactory.getLogger(AdvertisedAddress.class);

  private AdvertisedAddress() {}

  /**
   * The configured address, else where it listens. What listens on all addresses is told by the
   * machine's name, with a warning: that name may mean nothing to others.
   *
   * @param setting that names it, for the messages
   * @param host where it listens
   * @param port where it listens
   * @throws IOException if it listens on all addresses and the machine has no name
   */
  public static String of(String setting, Optional<String> configured, String host, int port)
      throws IOException {
    return of(setting, configured, host, port, AdvertisedAddress::machine);
  }

  interface MachineName {
    String get() throws UnknownHostException;
  }

  static String of(
      String setting, Optional<String> configured, String host, int port, MachineName machine)
      throws IOException {
    if (configured.isPresent()) {
      return configured.get();
    }
    if (!isAny(host)) {
      return host + ":" + port;
    }
    try {
      String name = machine.get();
      log.warn(
          "{} is not set and the node listens on {}: others are told {}:{}",
          setting,
          host,
          name,
          port);
      return name + ":" + port;
    } catch (UnknownHostException e) {
      throw new IOException(
          "%s must be set: the node listens on %s and this machine has no name (%s)"
              .formatted(setting, host, e.getMessage()),
          e);
    }
  }

  private static boolean isAny(String host) {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]") || host.equals("*");
  }

  private static String machine() throws UnknownHostException {
    return InetAddress.getLocalHost().getHostName();
  }
}
