package io.trunkline.gateway.transport;

import io.trunkline.configuration.Setting;
import io.trunkline.configuration.Size;
import java.time.Duration;

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
            value = "5s",
            min = "100ms",
            max = "5m",
            doc = "From the connection to a whole Hello at the most, however slowly it comes.")
        Duration handshakeTimeout,
    @Setting(
            value = "5000",
            min = "1",
            max = "1000000",
            doc = "Handshakes whose token is being verified; more are told to come later.")
        int maxHandshakes,
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
    if (livenessTimeout.compareTo(heartbeatInterval) <= 0) {
      throw new IllegalArgumentException(
          "liveness-timeout (" + livenessTimeout + ") must be longer than heartbeat-interval");
    }
  }
}
