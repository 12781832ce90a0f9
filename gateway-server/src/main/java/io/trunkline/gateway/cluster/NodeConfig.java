package io.trunkline.gateway.cluster;

import io.trunkline.configuration.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Section {@code node}: who this gateway node is. */
public record NodeConfig(
    @Setting(
            value = "gw-1",
            doc = "Name of the node, unique in the cluster: letters, digits, '.', '_' and '-'.")
        String id,
    @Setting(doc = "Address that clients are told to connect to; default: where it listens.")
        Optional<String> clientAddress,
    @Setting(
            doc =
                "Address at which other nodes and the console reach the management API; default:"
                    + " where it listens.")
        Optional<String> apiAddress,
    @Setting(
            value = "15s",
            min = "3s",
            max = "10m",
            doc = "How long the node counts as alive after its last sign of life in the database.")
        Duration lease,
    @Setting(
            value = "10m",
            min = "1m",
            max = "30d",
            doc =
                "What waits in the broker for a node that has been gone for so long is removed: it"
                    + " is for sessions that are elsewhere by then.")
        Duration unsubscribeAfter,
    @Setting(
            value = "1d",
            min = "1m",
            max = "3650d",
            doc = "A node that has been gone for so long is forgotten.")
        Duration forgetAfter,
    @Setting(
            value = "10s",
            min = "0s",
            max = "1h",
            doc =
                "How long a stopping node sends its clients to the others; what is left is closed.")
        Duration drainTimeout,
    @Setting(
            value = "0s",
            min = "0s",
            max = "10m",
            doc =
                "How long a node that is drained says that it is not ready before it sends anybody"
                    + " away, so that a load balancer notices.")
        Duration drainNotice,
    @Setting(
            value = "200",
            min = "1",
            max = "1000000",
            doc =
                "Clients that a drained node tells to go in a second; more if the time would not"
                    + " suffice.")
        int drainPerSecond,
    @Setting(
            value = "2m",
            min = "1s",
            max = "24h",
            doc = "Time of a drain that was ordered without one; what is left then is closed.")
        Duration drainWithin,
    @Setting(
            value = "5s",
            min = "0s",
            max = "10m",
            doc = "A random part of this is what each client waits before it leaves.")
        Duration drainJitter,
    @Setting(
            doc =
                "Folder with the jars of extensions; default: none, and 'extensions' in the data"
                    + " folder of run where it is there.")
        Optional<Path> extensions) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):([0-9]{1,5})");

  public NodeConfig {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id must be 1 to 64 letters, digits, '.', '_' or '-', not '" + id + "'");
    }
    apiAddress.ifPresent(address -> check("api-address", address));
  }

  private static void check(String setting, String address) {
    if (!ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException(
          setting + " must be host:port, as gw-1.example.com:7400, not '" + address + "'");
    }
  }
}
