package io.trunkline.gateway;

import io.trunkline.gateway.cluster.AdvertisedAddress;
import io.trunkline.gateway.session.Attaches;
import io.trunkline.gateway.session.HandshakeBarrier;
import io.trunkline.gateway.session.Handshakes;
import io.trunkline.gateway.session.Welcomer;
import io.trunkline.gateway.transport.ClientPort;
import java.io.IOException;
import java.util.function.Supplier;

/** The part of a node that its clients come to: the port, and who is let in. */
final class ClientPart {
  private final Handshakes handshakes;
  private final ClientPort port;
  private final String address;

  /**
   * Opens the port; nobody is let in yet.
   *
   * @param downlink asked for when a client is there, by when it is
   * @throws IOException if the port cannot be opened, or has no address for others
   */
  ClientPart(
      Foundation base,
      SessionPart sessions,
      ClusterView cluster,
      UplinkPart uplink,
      Supplier<DownlinkPart> downlink)
      throws IOException {
    var config = base.config();
    var clock = base.clock();
    var guard = cluster.guard();
    handshakes =
        new Handshakes(
            base.verifier(),
            sessions.bans(),
            sessions.journal(),
            new Attaches(
                base.node(),
                sessions.resumes(),
                (user, positions) -> downlink.get().streams().open(user, positions),
                cluster.gate(),
                clock),
            base.threads().blocking(),
            config.clients());
    var frames =
        new GatewayFrames(
            guard::awake,
            uplink.uplink(),
            () -> downlink.get().downlink(),
            () -> downlink.get().topics(),
            base.verifier(),
            base.threads().blocking(),
            clock);
    var welcomer = new Welcomer(base.node(), config.clients(), sessions.sessions(), frames, clock);
    port =
        new ClientPort(
            config.clients(), connection -> new HandshakeBarrier(connection, handshakes, welcomer));
    address =
        AdvertisedAddress.of(
            "node.client-address",
            config.node().clientAddress(),
            config.clients().host(),
            port.address().getPort());
    port.lanes().forEach(lane -> lane.sendWhile(guard::awake));
    handshakes.takeWhile(cluster::takesClients);
  }

  Handshakes handshakes() {
    return handshakes;
  }

  ClientPort port() {
    return port;
  }

  /** Where clients connect, as {@code host:port}. */
  String address() {
    return address;
  }
}
