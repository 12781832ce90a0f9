package io.trunkline.gateway.extension;

import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.gateway.uplink.UplinkService;
import java.util.List;

/**
 * Adds to a gateway node. Found by {@link java.util.ServiceLoader}: a public class with a public
 * constructor without parameters, named in {@code
 * META-INF/services/io.trunkline.gateway.extension.GatewayExtension} of a jar on the class path or
 * in the folder of setting {@code node.extensions}.
 *
 * <p>Constructor and lists are asked for once, while the node starts; what any of them throws stops
 * the start. An extension is trusted: it runs with all rights of the gateway.
 */
public interface GatewayExtension extends AutoCloseable {

  /**
   * What clients can call. A service takes the place of a built-in one of the same name, the sample
   * {@code orders} for instance; two extensions with services of the same name stop the start.
   */
  default List<UplinkService> services() {
    return List.of();
  }

  /** Told of sessions, in this order. */
  default List<SessionListener> sessionListeners() {
    return List.of();
  }

  /** See every call, in this order. */
  default List<UplinkInterceptor> interceptors() {
    return List.of();
  }

  /**
   * The node stops: no session is left, no call comes any more. Also when the node could not start.
   * Called once; what it throws is logged.
   */
  @Override
  default void close() {}
}
