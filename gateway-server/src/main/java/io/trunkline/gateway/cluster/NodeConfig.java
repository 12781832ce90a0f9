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
            doc = "How long a stopping node lets clients go by themselves.")
        Duration drainTimeout,
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
