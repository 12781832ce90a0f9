package io.trunkline.gateway;

import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.streams.TopicFrames;
import io.trunkline.gateway.transport.Lane;
import java.util.List;

/**
 * The part of a node that brings messages to its clients.
 *
 * @param streams what is stored; has threads, and is the one to close
 * @param topics what clients follow of it
 * @param downlink takes all messages from the bridge
 */
record DownlinkPart(Streams streams, TopicFrames topics, Downlink downlink) {

  /** Starts the streams' threads. */
  static DownlinkPart start(
      Foundation base, SessionRegistry registry, ClusterView cluster, List<Lane> lanes) {
    var config = base.config();
    var database = base.database();
    var selectors = new SessionSelectors(base.node());
    var standing = cluster.standing();
    Streams streams =
        new Streams.Parts(
                base.node(),
                config.streams(),
                config.downlink().ackTimeout(),
                database.messages(),
                registry,
                lanes,
                Downlink.receiptWriter(base.node()),
                new ReceiptLink(base.bridge()),
                selectors,
                cluster.nodes()::alone,
                standing,
                base.clock())
            .start();
    var topics = new TopicFrames(streams, config.streams(), base.threads().blocking());
    Downlink downlink =
        new Downlink.Parts(
                base.node(),
                config.downlink(),
                registry,
                database.sessions(),
                database.messages(),
                streams,
                selectors,
                cluster.nodes()::alone,
                standing,
                lanes,
                base.bridge(),
                base.threads().timer(),
                base.clock())
            .build();
    return new DownlinkPart(streams, topics, downlink);
  }
}
