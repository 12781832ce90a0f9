package io.trunkline.gateway;

import io.trunkline.configuration.Size;
import io.trunkline.gateway.uplink.BackEnds;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.http.HttpBackEnd;
import io.trunkline.gateway.uplink.jms.JmsBackEnd;
import io.trunkline.gateway.uplink.routes.BackEndSpec;
import io.trunkline.jms.UplinkQueues;
import java.util.function.Supplier;

/**
 * Opens back ends in other processes.
 *
 * @param identity what they are told of callers
 * @param queues asked for with the first JMS back end: they take threads of the bridge
 * @param maxAnswer of an HTTP body: what does not fit into a frame is of no use
 */
record RemoteBackEnds(CallIdentity identity, Supplier<UplinkQueues> queues, Size maxAnswer)
    implements BackEnds {

  @Override
  public Opened open(String service, BackEndSpec spec) {
    return switch (spec) {
      case BackEndSpec.Http http -> {
        var options =
            new HttpBackEnd.Options(
                http.url(),
                http.methods(),
                http.headers(),
                http.statuses(),
                http.trusted(),
                http.connections());
        var backEnd = HttpBackEnd.open(service, options, identity, maxAnswer.intBytes());
        yield new Opened(backEnd, backEnd);
      }
      case BackEndSpec.Jms jms -> {
        var backEnd = JmsBackEnd.open(service, jms.queue(), queues.get(), identity);
        yield new Opened(backEnd, backEnd);
      }
      case BackEndSpec.InProcess _ ->
          throw new IllegalArgumentException("'" + service + "' is not in this process");
    };
  }
}
