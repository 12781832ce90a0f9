package io.trunkline.gateway.uplink.routes;

import io.trunkline.protocol.v1.Status;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/** What answers a service's calls. Two that are equal are the same back end. */
public sealed interface BackEndSpec {

  /** As in key {@code <service>.backend}. */
  String kind();

  /** A service that was given to the gateway when it started. */
  record InProcess() implements BackEndSpec {
    @Override
    public String kind() {
      return "java";
    }
  }

  /**
   * An HTTP server.
   *
   * @param methods {@code GET /orders/{id}} by our method's name; {@code *} is for all others
   * @param headers sent with every request, secrets filled in
   * @param statuses over the default meaning of HTTP's status codes
   * @param trusted authorities that are believed in place of the JVM's; none: the JVM's
   * @param connections kept alive at most
   */
  record Http(
      URI url,
      Map<String, String> methods,
      Map<String, String> headers,
      Map<Integer, Status> statuses,
      List<X509Certificate> trusted,
      int connections)
      implements BackEndSpec {
    public Http {
      methods = Map.copyOf(methods);
      headers = Map.copyOf(headers);
      statuses = Map.copyOf(statuses);
      trusted = List.copyOf(trusted);
    }

    @Override
    public String kind() {
      return "http";
    }

    /** Without the headers' values: they may be secrets. */
    @Override
    public String toString() {
      return "Http[" + url + ", " + methods + ", headers " + headers.keySet() + "]";
    }
  }

  /** A JMS queue. */
  record Jms(String queue) implements BackEndSpec {
    @Override
    public String kind() {
      return "jms";
    }
  }
}
