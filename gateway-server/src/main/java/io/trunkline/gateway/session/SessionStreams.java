package io.trunkline.gateway.session;

import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import java.util.List;

/** A session's places in the streams of stored messages. On the session's event loop. */
public interface SessionStreams {

  /** False if the acknowledgement is of no stored message that this session can have. */
  boolean acknowledge(Ack ack);

  /** The client takes messages again. */
  void writable();

  /** The session, or its connection, is over. */
  void over();

  /** Prepares streams while a client is being let in. */
  interface Opener {
    /** No stream at all; for tests of other parts. */
    Opener NONE = (user, positions) -> Opening.NONE;

    /** Asks where the streams stand. On a thread that may block; does not throw. */
    Opening open(String user, List<StreamPosition> positions);
  }

  /** Streams that are ready for their session. */
  interface Opening {
    /** Nothing to attach. */
    Opening NONE =
        new Opening() {
          @Override
          public List<StreamStart> attach(Session session) {
            return List.of();
          }

          @Override
          public void begin() {}
        };

    /** Where each starts, for Welcome. The session is in the registry. Event loop. */
    List<StreamStart> attach(Session session);

    /** Welcome is written: what was missed may follow. Event loop. */
    void begin();
  }
}
