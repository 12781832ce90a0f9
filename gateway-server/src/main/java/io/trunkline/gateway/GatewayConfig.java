package io.trunkline.gateway;

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

/** All settings of a gateway node; each component is a section. */
public record GatewayConfig(
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
    JmsConfig jms) {}
