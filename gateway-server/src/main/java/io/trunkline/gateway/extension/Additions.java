package io.trunkline.gateway.extension;

import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.gateway.uplink.UplinkService;
import java.util.List;

/** What a program that embeds a node adds to it by hand. */
public record Additions(
    List<UplinkService> services,
    List<SessionListener> sessionListeners,
    List<UplinkInterceptor> interceptors)
    implements GatewayExtension {

  public static final Additions NONE = new Additions(List.of(), List.of(), List.of());

  public Additions {
    services = List.copyOf(services);
    sessionListeners = List.copyOf(sessionListeners);
    interceptors = List.copyOf(interceptors);
  }
}
