package io.trunkline.gateway.launcher;

import io.trunkline.gateway.GatewayConfig;
import io.trunkline.gateway.api.ApiConfig;
import io.trunkline.gateway.auth.AuthConfig;
import io.trunkline.gateway.cluster.NodeConfig;
import io.trunkline.gateway.downlink.DownlinkConfig;
import io.trunkline.gateway.session.SessionsConfig;
import io.trunkline.gateway.streams.StreamsConfig;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.gateway.uplink.UplinkConfig;
import io.trunkline.jms.JmsConfig;
import io.trunkline.persistence.DatabaseConfig;
import io.trunkline.persistence.JournalConfig;

/**
 * All settings of {@code run}: a node's, and what is embedded. {@code console.*} goes to the
 * console.
 */
public record AllInOneConfig(
    NodeConfig node,
    ClientsConfig clients,
    SessionsConfig sessions,
    AuthConfig auth,
    UplinkConfig uplink,
    DownlinkConfig downlink,
    StreamsConfig streams,
    ApiConfig api,
    DatabaseConfig db,
    JournalConfig journal,
    JmsConfig jms,
    EmbeddedConfig embedded) {

  GatewayConfig gateway() {
    return new GatewayConfig(
        node, clients, sessions, auth, uplink, downlink, streams, api, db, journal, jms);
  }
}
