package io.trunkline.gateway.cluster;

import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.NodeStore.Entry;
import io.trunkline.persistence.NodeStore.Holder;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enters this process as its node. While another one holds the node's id this waits for a sign of
 * life of it, which is a renewal: if there is one, this process must not start; if the lease ends
 * without one, the other is dead or cut off, and is superseded. One that ran on this machine and
 * has ended is not waited for.
 */
final class NodeClaim {
  private static final Logger log = LoggerFactory.getLogger(NodeClaim.class);
  private static final Duration POLL = Duration.ofMillis(250);

  private final NodeStore nodes;
  private final Duration lease;
  private final Duration grace;

  NodeClaim(NodeStore nodes, Duration lease, Duration grace) {
    this.nodes = nodes;
    this.lease = lease;
    this.grace = grace;
  }

  /**
   * Blocks, for as long as the other's lease runs at the most.
   *
   * @return how many sessions the last holder had left open
   * @throws NodeInUseException if the id is in use
   */
  int enter(Entry entry) throws NodeInUseException {
    Holder first = null;
    while (true) {
      Holder holder = nodes.holder(entry.node()).orElse(null);
      if (mayBeSucceeded(holder)) {
        long over = holder == null ? 0 : holder.incarnation();
        Optional<Integer> leftOpen = nodes.enter(entry, lease, grace, over);
        if (leftOpen.isPresent()) {
          return leftOpen.get();
        }
      } else if (holder != null) {
        if (first == null) {
          first = holder;
          log.warn(
              "node {} is held by another process (clients at {}, started {}), which may be dead;"
                  + " waiting for a sign of life of it or the end of its lease, at most {} ms",
              entry.node(),
              holder.clientAddress(),
              holder.startedAt(),
              holder.leaseLeft().toMillis());
        } else if (!isAsBefore(holder, first)) {
          throw inUse(entry, holder);
        }
        pause(entry);
      }
    }
  }

  private static boolean mayBeSucceeded(@Nullable Holder holder) {
    return holder == null || holder.leaseLeft().isZero() || ProcessMark.hasEnded(holder.process());
  }

  private static boolean isAsBefore(Holder holder, Holder first) {
    return holder.incarnation() == first.incarnation()
        && holder.leaseUntil().equals(first.leaseUntil());
  }

  private static NodeInUseException inUse(Entry entry, Holder holder) {
    return new NodeInUseException(
        "node.id '%s' is in use by another process that lives (clients at %s, started %s); give this node another node.id, or stop that one"
            .formatted(entry.node(), holder.clientAddress(), holder.startedAt()));
  }

  private static void pause(Entry entry) throws NodeInUseException {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeInUseException(
          "interrupted while the lease of another process with node.id '" + entry.node() + "' ran");
    }
  }
}
