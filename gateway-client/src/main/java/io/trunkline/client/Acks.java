package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acknowledgements on their way: sent at once, or kept until there is a connection. Event loop
 * only. What is dropped here is not lost: the gateway sends the message again, and that is
 * acknowledged.
 */
final class Acks {
  private static final Logger LOG = LoggerFactory.getLogger(Acks.class);
  static final int MAX_KEPT = 1_024;
  static final long MAX_KEPT_BYTES = 4L << 20;

  private final Predicate<Ack> line;
  private final Deque<Ack> kept = new ArrayDeque<>();
  private long keptBytes;

  /**
   * @param line takes one, or says that there is no connection for it
   */
  Acks(Predicate<Ack> line) {
    this.line = line;
  }

  void send(Ack ack) {
    if (!line.test(ack)) {
      keep(ack);
    }
  }

  private void keep(Ack ack) {
    kept.add(ack);
    keptBytes += ack.getSerializedSize();
    while (kept.size() > MAX_KEPT || keptBytes > MAX_KEPT_BYTES) {
      Ack dropped = kept.remove();
      keptBytes -= dropped.getSerializedSize();
      LOG.debug("Too many wait for a connection: dropped {}.", dropped.getMessageId());
    }
  }

  /**
   * Welcome is there.
   *
   * @param sameSession another one knows nothing of messages that are not stored
   */
  void sendKept(boolean sameSession) {
    List<Ack> all = new ArrayList<>(kept);
    clear();
    for (Ack ack : all) {
      if (sameSession || !ack.getStream().isEmpty()) {
        send(ack);
      }
    }
  }

  void clear() {
    kept.clear();
    keptBytes = 0;
  }
}
