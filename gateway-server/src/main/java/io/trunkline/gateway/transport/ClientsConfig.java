package io.trunkline.gateway.transport;

import io.trunkline.configuration.AddressRange;
import io.trunkline.configuration.Setting;
import io.trunkline.configuration.Size;
import java.time.Duration;
import java.util.List;

/** Section {@code clients}: the port that apps and devices connect to. */
public record ClientsConfig(
    @Setting(value = "127.0.0.1", doc = "Address to listen on; 0.0.0.0 for all.") String host,
    @Setting(
            value = "7400",
            min = "0",
            max = "65535",
            doc = "Port for TCP and WebSocket; 0 takes a free one.")
        int port,
    @Setting(value = "0", min = "0", max = "1024", doc = "Event loops; 0 means one per processor.")
        int eventLoops,
    @Setting(value = "epoll", doc = "Netty transport; nio is used where there is no epoll.")
        Transport transport,
    @Setting(
            value = "4096",
            min = "1",
            max = "65535",
            doc = "Connections the kernel holds until they are accepted.")
        int backlog,
    @Setting(
            doc =
                "Addresses of load balancers, as 10.0.0.0/8, 127.0.0.1, which must begin each"
                    + " connection with a PROXY header (version 1 or 2); empty for none.")
        List<AddressRange> proxyProtocolFrom,
    @Setting(
            value = "5s",
            min = "100ms",
            max = "5m",
            doc = "From the connection to a whole Hello at the most, however slowly it comes.")
        Duration handshakeTimeout,
    @Setting(
            value = "500",
            min = "1",
            max = "1000000",
            doc = "Handshakes that are being decided on; more are told to come later.")
        int maxHandshakes,
    @Setting(
            value = "500",
            min = "0",
            max = "50000",
            doc =
                "New and resumed sessions a second; more are told when to come again, one after the"
                    + " other. 0: no limit.")
        int admissionRate,
    @Setting(
            value = "1s",
            min = "1s",
            max = "10s",
            doc = "For how long what was not used of the admission rate may be used at once.")
        Duration admissionBurst,
    @Setting(
            value = "0",
            min = "0",
            max = "10000000",
            doc =
                "Connections at a time; more are told to come later. 0: as many as the limit of open"
                    + " files allows.")
        int maxConnections,
    @Setting(value = "30s", min = "1s", max = "1h", doc = "How often a client must send something.")
        Duration heartbeatInterval,
    @Setting(
            value = "75s",
            min = "2s",
            max = "3h",
            doc = "Silence after which a connection is closed.")
        Duration livenessTimeout,
    @Setting(value = "1MiB", min = "1KiB", max = "64MiB", doc = "Largest frame from a client.")
        Size maxFrame,
    @Setting(
            value = "1MiB",
            min = "64KiB",
            max = "1GiB",
            doc = "Bytes that may wait for a slow client before messages to it are dropped.")
        Size maxOutbound,
    @Setting(
            value = "30s",
            min = "1s",
            max = "1h",
            doc = "How long a client may stay unwritable before it is closed.")
        Duration slowTimeout,
    @Setting(
            value = "1024",
            min = "1",
            max = "100000",
            doc = "Requests of one session that have no answer yet; more are answered BUSY.")
        int maxOutstandingRequests,
    @Setting(
            value = "off",
            doc =
                "Whether new clients are sent to the node that suits them better, if they follow:"
                    + " off; load: to the least loaded one, when this one has many more sessions;"
                    + " user: to the one that belongs to their user.")
        Redirect redirect,
    @Setting(
            value = "25",
            min = "0",
            max = "10000",
            doc =
                "By how many percent more sessions than the least loaded node (and 16 more) this"
                    + " one must have to send clients there.")
        int redirectExcess) {

  /** Which new clients are sent elsewhere. */
  public enum Redirect {
    OFF,
    LOAD,
    USER
  }

  /** Ways to the kernel. */
  public enum Transport {
    EPOLL,
    NIO
  }

  public ClientsConfig {
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    if (livenessTimeout.compareTo(heartbeatInterval) <= 0) {
      throw new IllegalArgumentException(
          "liveness-timeout (" + livenessTimeout + ") must be longer than heartbeat-interval");
    }
  }
}
