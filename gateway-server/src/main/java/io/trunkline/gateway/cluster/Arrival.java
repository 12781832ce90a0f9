package io.trunkline.gateway.cluster;

import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a node that has just entered known to the others, before it takes its first client. A node
 * that still believes itself alone asks nobody for sessions elsewhere: of a user with a session
 * there and one here, the one here would miss what is not stored.
 *
 * <p>They are told by command, and look at once. The command may be lost; but each of them looks
 * when it renews its lease, and that it has renewed can be seen in the database. So this one waits
 * until they all have. Who has not by the time that it was due is dead, or cut off from the
 * database; the second hears the command, if it has the broker ({@link ClusterNodes#heardOf}), and
 * if it has neither, it has no messages to misplace.
 */
public final class Arrival {
  private static final Logger log = LoggerFactory.getLogger(Arrival.class);
  private static final Duration POLL = Duration.ofMillis(50);

  private final NodeStore nodes;
  private final String self;
  private final Duration patience;

  /** Sends the command; may fail. */
  public interface Teller {
    void tell() throws Exception;
  }

  /**
   * @param self this node
   * @param lease of the nodes, who renew it each third
   */
  public Arrival(NodeStore nodes, String self, Duration lease) {
    this.nodes = nodes;
    this.self = self;
    this.patience = lease.dividedBy(2);
  }

  /**
   * Blocks until the others know of this node, which is in the database already; half of a lease at
   * most. Without the database it ends at once: nobody can look then.
   */
  public void announce(Teller teller) {
    try {
      Map<String, Instant> unaware = leasesOfOthers();
      if (unaware.isEmpty()) {
        return;
      }
      tell(teller);
      long endNs = System.nanoTime() + patience.toNanos();
      while (!unaware.isEmpty() && System.nanoTime() - endNs < 0) {
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        Map<String, Instant> now = leasesOfOthers();
        unaware.entrySet().removeIf(one -> !one.getValue().equals(now.get(one.getKey())));
      }
      if (!unaware.isEmpty()) {
        log.warn("no sign of life of {}: they may not know of this node", unaware.keySet());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.warn("whether the other nodes know of this one cannot be seen: {}", e.toString());
    }
  }

  private static void tell(Teller teller) throws InterruptedException {
    try {
      teller.tell();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      log.warn("the other nodes find this one when they renew their leases: {}", e.toString());
    }
  }

  private Map<String, Instant> leasesOfOthers() {
    Map<String, Instant> leases = new HashMap<>();
    for (NodeRow row : nodes.list()) {
      if (row.live() && !row.id().equals(self)) {
        leases.put(row.id(), row.leaseUntil());
      }
    }
    return leases;
  }
}
