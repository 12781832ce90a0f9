package io.trunkline.gateway.uplink.http;

import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.net.URI;
import java.util.Map;

/** A service that speaks HTTP/1.1. Thread-safe; calls block, each on a virtual thread. */
public final class HttpBackEnd implements UplinkHandler, AutoCloseable {

  /**
   * Where it is and how its methods are called.
   *
   * @param url base of all paths
   * @param methods {@code GET /orders/{id}} by the call's method; {@code *}: all others
   * @param headers sent with every request
   * @param statuses outcomes of HTTP status codes that differ from the usual
   * @param connections kept alive at most
   */
  public record Options(
      URI url,
      Map<String, String> methods,
      Map<String, String> headers,
      Map<Integer, Status> statuses,
      int connections) {
    public Options {
      methods = Map.copyOf(methods);
      headers = Map.copyOf(headers);
      statuses = Map.copyOf(statuses);
    }
  }

  private HttpBackEnd() {}

  /**
   * Makes it; connects with the first call.
   *
   * @throws IllegalArgumentException if something in the options is wrong, in one line
   */
  public static HttpBackEnd open(String service, Options options, CallIdentity identity) {
    return open(service, options, identity, /* maxResponseBytes= */ 1 << 20);
  }

  /**
   * Makes it; connects with the first call.
   *
   * @param maxResponseBytes a larger body ends the call
   * @throws IllegalArgumentException if something in the options is wrong, in one line
   */
  public static HttpBackEnd open(
      String service, Options options, CallIdentity identity, int maxResponseBytes) {
    return new HttpBackEnd();
  }

  @Override
  public CallResult handle(UplinkCall call) throws InterruptedException {
    return CallResult.failed(Status.UNAVAILABLE, "not there yet");
  }

  /** Closes its connections; calls under way go on. */
  @Override
  public void close() {}
}
