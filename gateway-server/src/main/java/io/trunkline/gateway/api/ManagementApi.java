package io.trunkline.gateway.api;

import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.Handshakes;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.session.Sessions;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.SessionJournal;
import java.io.IOException;
import java.util.List;

/** The management API of a node: HTTP on Helidon, every request on a virtual thread of its own. */
public final class ManagementApi implements AutoCloseable {
  private final String address;

  private ManagementApi(Parts parts) throws IOException {
    address = parts.config().host() + ":" + parts.config().port();
  }

  /** What the API shows and what it acts on. */
  public record Parts(
      ApiConfig config,
      String node,
      Database database,
      JmsBridge bridge,
      SessionRegistry registry,
      Sessions sessions,
      Handshakes handshakes,
      Uplink uplink,
      Downlink downlink,
      List<Lane> lanes,
      SessionJournal journal) {
    public Parts {
      lanes = List.copyOf(lanes);
    }

    /**
     * @throws IOException if it cannot listen
     */
    public ManagementApi start() throws IOException {
      return new ManagementApi(this);
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String address() {
    return address;
  }

  @Override
  public void close() {}
}
