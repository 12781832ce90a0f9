package io.trunkline.client;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * What a client remembers from one start to the next. The resume token is a secret: whoever has it
 * and a token of the same user can go on with the session.
 *
 * @param resumeToken empty: there is no session to go on with
 * @param positions one per stream
 * @param seen ids of messages that the application has taken over, the oldest first; the client
 *     bounds their number
 */
public record SavedState(ByteString resumeToken, List<Position> positions, List<String> seen) {
  public static final SavedState EMPTY = new SavedState(ByteString.EMPTY, List.of(), List.of());

  public SavedState {
    positions = List.copyOf(positions);
    seen = List.copyOf(seen);
  }

  @Override
  public String toString() {
    return "SavedState[positions=" + positions + ", seen=" + seen.size() + "]";
  }
}
