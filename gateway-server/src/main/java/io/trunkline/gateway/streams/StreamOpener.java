package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionStreams;
import io.trunkline.gateway.streams.LaneStreams.LaneStream;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives a session that begins its place in its user's stream and in that of the broadcasts. */
final class StreamOpener implements SessionStreams.Opener {
  private final HeadReader heads;
  private final ManyStreams many;
  private final StreamContext context;
  private final ManyCursor.Filter filter;

  StreamOpener(
      HeadReader heads, ManyStreams many, StreamContext context, ManyCursor.Filter filter) {
    this.heads = heads;
    this.many = many;
    this.context = context;
    this.filter = filter;
  }

  @Override
  public SessionStreams.Opening open(String user, List<StreamPosition> positions) {
    StreamKey own = StreamKey.ofUser(user);
    Optional<Map<StreamKey, StreamHead>> known = heads.heads(List.of(own, many.broadcasts().key()));
    Map<String, StreamPosition> seen = new HashMap<>();
    positions.forEach(position -> seen.put(position.getStream(), position));
    return new Opening(own, known, seen);
  }

  private final class Opening implements SessionStreams.Opening {
    private final StreamKey own;
    private final Optional<Map<StreamKey, StreamHead>> known;
    private final Map<String, StreamPosition> seen;
    private @Nullable SessionCursors cursors;

    Opening(
        StreamKey own,
        Optional<Map<StreamKey, StreamHead>> known,
        Map<String, StreamPosition> seen) {
      this.own = own;
      this.known = known;
      this.seen = seen;
    }

    @Override
    public List<StreamStart> attach(Session session) {
      LaneStreams laneStreams = many.of(session.connection().lane());
      StreamHead ownHead = head(own, StreamHead.EMPTY, seen.get(StreamNames.USER));
      Recovery ofUser = Recovery.of(ownHead, seen.get(StreamNames.USER));
      var user =
          new UserCursor(
              session,
              ownHead,
              ofUser.goesOn() ? ofUser.from() : Long.MAX_VALUE,
              context,
              laneStreams);
      LaneStream broadcast = laneStreams.stream(many.broadcasts().key(), many.broadcasts());
      StreamPosition position = seen.get(StreamNames.BROADCAST);
      var here = new StreamHead(broadcast.epoch, broadcast.last, 0);
      Recovery ofBroadcasts = Recovery.of(head(broadcast.key, here, position), position);
      long from = ofBroadcasts.goesOn() ? ofBroadcasts.from() : broadcast.last;
      var broadcasts = new ManyCursor(session, broadcast, from, context, filter);
      broadcast.add(broadcasts);
      cursors = new SessionCursors(session.info().user(), user, broadcasts, many);
      session.streams(cursors);
      return List.of(
          Notices.start(StreamNames.USER, ownHead.epoch(), ofUser.from(), ofUser.recovered()),
          Notices.start(StreamNames.BROADCAST, broadcast.epoch, from, ofBroadcasts.recovered()));
    }

    private StreamHead head(StreamKey key, StreamHead here, @Nullable StreamPosition position) {
      return known
          .map(heads -> heads.getOrDefault(key, StreamHead.EMPTY))
          .orElseGet(() -> Recovery.believed(here, position));
    }

    @Override
    public void begin() {
      if (cursors != null) {
        cursors.begin();
      }
    }
  }
}
