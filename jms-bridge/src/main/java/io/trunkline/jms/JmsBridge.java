package io.trunkline.jms;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The process's link to the broker. Thread-safe. When the broker goes away it is connected again,
 * with back-off, for as long as the bridge is open; what was not acknowledged is then delivered
 * again.
 */
public interface JmsBridge extends AutoCloseable {

  /**
   * Connects. From then on the link is kept up; only this first attempt can fail.
   *
   * @param clientName what this process is called in the broker's and our logs
   * @throws BrokerUnavailableException if there is no connection within {@link
   *     JmsConfig#connectTimeout()}; the message is one line with address and cause
   */
  static JmsBridge open(JmsConfig config, String clientName) throws BrokerUnavailableException {
    return ArtemisBridge.open(config, clientName);
  }

  /**
   * Takes messages from the node's own subscription and from the one that all nodes share. The
   * handler is called on a thread of the bridge, one call at a time per subscription; when it
   * returns, the batch is acknowledged, when it throws, the batch is delivered again. Messages that
   * cannot be understood never reach it: they are in {@link Destinations#REJECTED}.
   */
  void consumeDownlink(String node, DownlinkHandler handler);

  /** Takes commands; on a thread of the bridge. */
  void consumeControl(Consumer<Command> handler);

  /** Takes events that happen from now on; on a thread of the bridge. */
  void consumeEvents(Consumer<SessionEvent> handler);

  /**
   * Sends a receipt to who asked for it. Does not block: a bounded number wait while the broker is
   * away, then the oldest are dropped and counted.
   */
  void receipt(DownlinkMessage about, Receipt receipt);

  /**
   * Sends receipts that their owner keeps until this returns. Blocks until the broker has them all,
   * on its disk where their destination is durable. A batch that is sent again is not doubled as
   * far back as the broker remembers ids. Thread-safe, but calls wait for each other: they share a
   * session of their own.
   *
   * @return those that can never be delivered: their destination is gone or refuses them
   * @throws BrokerUnavailableException if the broker may not have all of them: to be sent again
   */
  List<UUID> sendReceipts(List<ReceiptEnvelope> batch) throws BrokerUnavailableException;

  /** Publishes events. Does not block; bounded as receipts are. */
  void events(List<SessionEvent> events);

  /**
   * Sends a command to all nodes. Blocks until the broker has it.
   *
   * @throws BrokerUnavailableException if it cannot be sent
   */
  void command(Command command) throws BrokerUnavailableException;

  /**
   * Publishes to the downlink as any publisher would, and takes the receipts. Blocks until the
   * broker has it.
   *
   * @param receipts called on a thread of the bridge, until the returned handle is closed
   * @return the message's id, and a handle that ends the receipts
   * @throws BrokerUnavailableException if it cannot be sent
   */
  Publication publish(Draft draft, Consumer<Receipt> receipts) throws BrokerUnavailableException;

  /** Calls to services behind queues; the same object at each call. */
  UplinkQueues uplinkQueues();

  /**
   * Ends a node's own durable subscription, with all that waits in it; for a node that does not
   * come back. One that does makes it again. Blocks.
   *
   * @throws BrokerUnavailableException if the broker cannot be asked
   */
  Removal removeSubscription(String node) throws BrokerUnavailableException;

  /**
   * What became of a subscription.
   *
   * @param inUse somebody takes from it, and it stays
   * @param messages that waited in it and are gone; about, for the broker goes on while it is asked
   */
  record Removal(boolean inUse, long messages) {}

  /**
   * Takes over what waits in the own subscription of a node that is gone, and would be lost with
   * it: copies for one recipient that other nodes have passed on to it and that are stored nowhere.
   * All else stays there: it is in the database, or every node has its own. Blocks until nothing
   * more waits or the heir may not go on. Any number of nodes may do this at once: each message is
   * one's.
   *
   * @param self this node
   * @throws BrokerUnavailableException if the broker is away; what was not done waits there again
   */
  Takeover takeOver(String self, String gone, Heir heir) throws BrokerUnavailableException;

  /**
   * What came of it.
   *
   * @param inUse somebody takes from the subscription, perhaps the node itself: nothing was taken
   * @param messages that the heir has had
   */
  record Takeover(boolean inUse, long messages) {}

  /** Who goes on with the messages of a node that is gone. */
  interface Heir {
    /**
     * Whether the node is still gone, and this one may act. Asked when messages have been taken and
     * before they are handled; if not, they wait there again. May block.
     */
    boolean mayTake();

    /**
     * When it returns, the batch is acknowledged, when it throws, it waits there again.
     *
     * @return for each message to which nodes it is passed on, in the batch's order
     */
    List<Route> take(List<DownlinkMessage> batch);
  }

  /** Whether the broker is connected now. */
  boolean connected();

  /** Counters since start. */
  Counts counts();

  @Override
  void close();

  /** Batches of the downlink. */
  interface DownlinkHandler {
    /**
     * Whether this node may take what is for its own sessions now. While not, nothing is handed to
     * {@link #deliver}, and what was taken before waits in the broker again. Does not block.
     */
    default boolean mayDeliver() {
      return true;
    }

    /** The same for {@link #resolve}; other nodes get these messages meanwhile. */
    default boolean mayResolve() {
      return true;
    }

    /**
     * What this node delivers to its own sessions: meant for all nodes, or addressed to it.
     *
     * @return for each message to which nodes it must be passed on, in the batch's order: what was
     *     addressed to this node for a session that has gone on to another
     */
    List<Route> deliver(List<DownlinkMessage> batch);

    /**
     * What one node must resolve: point-to-point, and persistent for many.
     *
     * @return for each message to which nodes it must be passed on, in the batch's order
     */
    List<Route> resolve(List<DownlinkMessage> batch);

    /**
     * What has expired in the broker: before a node took it, or after a node took and stored it and
     * died before it could say so. When this throws, the batch comes again. Copies that nodes have
     * passed on do not come here: their store knows of their end.
     *
     * @return what nobody else accounts for: the bridge reports each as {@link
     *     Receipt.Status#EXPIRED} to who asked for receipts
     */
    default List<DownlinkMessage> expired(List<DownlinkMessage> batch) {
      return batch;
    }
  }

  /** Where a resolved message goes on to. */
  sealed interface Route {
    /** To one node, not stored, and to nobody here. */
    static Route toNode(String node) {
      return new ToNodes(Set.of(node), /* servedHere= */ false, Optional.empty());
    }

    /** Done here. */
    record Done() implements Route {}

    /** It is put aside with the reason, and reported. */
    record Refused(RejectCode code, String reason) implements Route {}

    /**
     * To each of these nodes, which are told of each other.
     *
     * @param nodes at least one
     * @param servedHere whether this node had sessions that it is for, too
     * @param stamp of a message that is stored: its copy is sent non-persistent, for what is stored
     *     is not lost with it, and goes on saying that the message is persistent
     */
    record ToNodes(Set<String> nodes, boolean servedHere, Optional<Stamp> stamp) implements Route {
      public ToNodes {
        nodes = Set.copyOf(nodes);
      }
    }

    /**
     * To all nodes.
     *
     * @param stamp as for {@link ToNodes}
     */
    record ToAllNodes(Optional<Stamp> stamp) implements Route {
      public ToAllNodes() {
        this(Optional.empty());
      }
    }
  }

  interface Publication extends AutoCloseable {
    String messageId();

    @Override
    void close();
  }

  /** Counters since start. */
  record Counts(
      long consumed, long rejected, long forwarded, long receipts, long dropped, long published) {}
}
