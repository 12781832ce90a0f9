package io.trunkline.client;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client must remember to lose nothing and show nothing twice: resume token, positions and
 * message ids. Event loop only.
 */
final class SessionMemory {
  /** Ids of messages taken over, in memory and in the store. */
  static final int REMEMBERED_IDS = 2_048;

  /** Half of what a Hello may have: the token needs the rest. */
  private static final int HELLO_POSITION_BYTES = 8 << 10;

  private final Positions positions = new Positions();
  private final MessageWindow window = new MessageWindow(REMEMBERED_IDS);
  private final @Nullable Saver saver;
  private ByteString resumeToken = ByteString.EMPTY;
  private @Nullable String name;

  SessionMemory(@Nullable PositionStore store, ClientThreads threads) {
    saver = store == null ? null : new Saver(store, threads, this::snapshot);
  }

  MessageWindow window() {
    return window;
  }

  /** Whose state this is; null: nobody's yet. */
  @Nullable String name() {
    return name;
  }

  /**
   * An attempt is prepared.
   *
   * @param wanted false: the client was closed in the meantime, and what was loaded is let go
   * @return whether this is the user and device of before
   */
  boolean open(Dialer.Prepared prepared, boolean wanted) {
    if (name != null) {
      return name.equals(prepared.client());
    }
    name = prepared.client();
    SavedState saved = prepared.saved() == null ? SavedState.EMPTY : prepared.saved();
    resumeToken = saved.resumeToken();
    positions.replaceBy(saved.positions());
    window.replaceBy(saved.seen());
    if (saver != null) {
      saver.open(prepared.client());
      if (!wanted) {
        saver.end(() -> {});
      }
    }
    return true;
  }

  /**
   * Begins a connection.
   *
   * @param subscribed which topics are
   */
  void fill(Hello.Builder hello, Predicate<String> subscribed) {
    positions.restart(window.heldPlaces());
    hello
        .setResumeToken(resumeToken)
        .addAllPositions(positions.forHello(subscribed, HELLO_POSITION_BYTES));
  }

  void welcomed(Welcome welcome) {
    welcome.getStreamsList().forEach(positions::start);
    keepToken(welcome.getResumeToken());
  }

  /** The session cannot be gone on with. */
  void dropToken() {
    if (!resumeToken.isEmpty()) {
      keepToken(ByteString.EMPTY);
    }
  }

  /** At once: an older token than the gateway's last looks like a stolen one. */
  private void keepToken(ByteString token) {
    resumeToken = token;
    changed();
    if (saver != null) {
      saver.saveNow();
    }
  }

  void started(StreamStart start) {
    positions.start(start);
    changed();
  }

  void received(Place place) {
    positions.received(place);
  }

  void takenOver(Set<Place> places) {
    places.forEach(positions::takenOver);
    changed();
  }

  @Nullable StreamPosition position(String stream) {
    return positions.of(stream);
  }

  void forgetStream(String stream) {
    positions.forget(stream);
    changed();
  }

  private void changed() {
    if (saver != null) {
      saver.changed();
    }
  }

  SavedState snapshot() {
    return new SavedState(resumeToken, List.copyOf(positions.list()), window.idsToKeep());
  }

  /** Saves what is left, then does the rest. */
  void end(Runnable then) {
    if (saver == null) {
      then.run();
    } else {
      saver.end(then);
    }
  }
}
