package io.trunkline.client.cli;

import com.google.gson.JsonObject;
import io.trunkline.client.ClientBuilder;
import io.trunkline.client.ClientIdentity;
import io.trunkline.client.ServerCall;
import io.trunkline.invocation.CallResult;
import java.util.Map;

/** A service to try calls towards a session with. */
final class DeviceService {
  private static final String NAME = "device";

  private final ClientIdentity identity;
  private final NotificationPrinter printer;

  /**
   * @param printer is told of each call
   */
  DeviceService(ClientIdentity identity, NotificationPrinter printer) {
    this.identity = identity;
    this.printer = printer;
  }

  ClientBuilder addTo(ClientBuilder builder) {
    return builder.serve(NAME, Map.of("info", this::info, "echo", this::echo));
  }

  private CallResult info(ServerCall call) {
    printer.called(call);
    JsonObject info = new JsonObject();
    info.addProperty("client", identity.clientName());
    info.addProperty("version", identity.clientVersion());
    info.addProperty("device", identity.deviceId());
    info.addProperty("platform", identity.platform());
    JsonObject attributes = new JsonObject();
    identity.attributes().forEach(attributes::addProperty);
    info.add("attributes", attributes);
    return CallResult.json(info.toString());
  }

  private CallResult echo(ServerCall call) {
    printer.called(call);
    return CallResult.ok(call.payload(), call.contentType());
  }
}
