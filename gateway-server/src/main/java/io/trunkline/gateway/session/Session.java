package io.trunkline.gateway.session;

import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.ConnectionOwner;
import io.trunkline.invocation.CallOrigin;
import io.trunkline.invocation.CallResult;
import io.trunkline.persistence.Traffic;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client's session. Confined to its connection's event loop, except for what says otherwise. */
public final class Session implements ConnectionOwner, CallOrigin {
  private final SessionInfo info;
  private final Sessions sessions;
  private final Connection connection;
  private final int epoch;

  private volatile SessionState state = SessionState.HANDSHAKING;
  private long messagesIn;
  private @Nullable Traffic carried;
  // Most sessions have neither at most times: made when needed, given back when empty.
  private @Nullable Map<String, PendingAck> pendingAcks;
  private @Nullable Set<Runnable> callsInFlight;
  private @Nullable SessionStreams streams;
  private volatile @Nullable SessionCalls calls;

  Session(SessionInfo info, int epoch, Connection connection, Sessions sessions) {
    this.info = info;
    this.epoch = epoch;
    this.connection = connection;
    this.sessions = sessions;
  }

  /** Any thread. */
  public SessionInfo info() {
    return info;
  }

  /** Rises with every attach, from 1. Any thread. */
  public int epoch() {
    return epoch;
  }

  /** Any thread; it may have changed when the caller looks at it. */
  public SessionState state() {
    return state;
  }

  /** Any thread; its methods are for the event loop. */
  public Connection connection() {
    return connection;
  }

  /** Frames from the client so far. */
  public long messagesIn() {
    return messagesIn;
  }

  /** Whether the client has said anything after its Hello: then it has had Welcome. */
  boolean heard() {
    return messagesIn > 1;
  }

  /** Of this attach, and of earlier ones that nobody has written down. */
  Traffic traffic() {
    var own =
        new Traffic(
            connection.bytesIn(), connection.bytesOut(), messagesIn, connection.messagesOut());
    return carried == null ? own : own.plus(carried);
  }

  /** Takes over what an earlier attach, that was overtaken, has moved. */
  void carry(Traffic earlier) {
    carried = carried == null ? earlier : carried.plus(earlier);
  }

  void countMessageIn() {
    messagesIn++;
  }

  void become(SessionState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException("session " + info.id() + ": " + state + " to " + next);
    }
    state = next;
  }

  /** Its places in the streams; null until they are attached. Event loop. */
  public @Nullable SessionStreams streams() {
    return streams;
  }

  public void streams(SessionStreams attached) {
    streams = attached;
  }

  @Override
  public void writable(Connection connection) {
    if (streams != null) {
      streams.writable();
    }
  }

  /** Writes a frame; it leaves with the next flush of the connection. */
  public void send(Frame frame) {
    connection.send(frame);
  }

  @Override
  public void respondInRead(long seq, CallResult result) {
    if (result.ok() && result.headers().isEmpty()) {
      connection.sendResponse(seq, result.payload(), result.contentType());
    } else {
      connection.send(Frame.newBuilder().setResponse(result.toResponse(seq)).build());
    }
  }

  /**
   * Outside of a read, that is: what is ready together leaves together, with what the event loop
   * has still to do now.
   */
  @Override
  public void respond(Response response) {
    connection.send(Frame.newBuilder().setResponse(response).build());
    connection.flushSoon();
  }

  @Override
  public void onLoop(Runnable task) {
    var loop = connection.lane().loop();
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /**
   * Ends the connection and tells the client why. Whether the session ends as well depends on the
   * code: {@link Sessions#outlives}. Any thread; a session that is over stays as it is.
   */
  @Override
  public void end(CloseCode code, String message) {
    onLoop(() -> sessions.end(this, code, message));
  }

  /**
   * Closes the connection of a session that has gone elsewhere or was ended in the database:
   * nothing is recorded. Any thread.
   */
  public void letGo(CloseCode code, String message) {
    onLoop(() -> sessions.letGo(this, code, message));
  }

  @Override
  public void connectionLost(Connection lost) {
    sessions.end(this, CloseCode.CONNECTION_LOST, "the connection was closed by the peer or lost");
  }

  /** Waits for an acknowledgement of this message id; an earlier one of the same id is given up. */
  public void expectAck(String messageId, PendingAck pending) {
    if (pendingAcks == null) {
      pendingAcks = new HashMap<>(4);
    }
    PendingAck earlier = pendingAcks.put(messageId, pending);
    if (earlier != null) {
      earlier.missed(this, "another message with the same id was sent before it was acknowledged");
    }
  }

  /** The time is up for this message, if it still waits. */
  public void giveUpAck(String messageId, PendingAck pending, String why) {
    if (pendingAcks != null && pendingAcks.remove(messageId, pending)) {
      shrinkAcks();
      pending.missed(this, why);
    }
  }

  /** False if no message of this id waits here: the client acknowledged what it was not asked. */
  boolean acknowledge(Ack ack) {
    if (streams != null && streams.acknowledge(ack)) {
      return true;
    }
    PendingAck pending = pendingAcks == null ? null : pendingAcks.remove(ack.getMessageId());
    if (pending == null) {
      return false;
    }
    shrinkAcks();
    pending.acknowledged(this, ack);
    return true;
  }

  private void shrinkAcks() {
    if (pendingAcks != null && pendingAcks.isEmpty()) {
      pendingAcks = null;
    }
  }

  @Override
  public int callsInFlight() {
    return callsInFlight == null ? 0 : callsInFlight.size();
  }

  @Override
  public void callStarted(Runnable cancel) {
    if (callsInFlight == null) {
      callsInFlight = new HashSet<>(4);
    }
    callsInFlight.add(cancel);
  }

  @Override
  public void callDone(Runnable cancel) {
    if (callsInFlight != null) {
      callsInFlight.remove(cancel);
      if (callsInFlight.isEmpty()) {
        callsInFlight = null;
      }
    }
  }

  /** The way to call the client; made when first asked for. Any thread. */
  public SessionCalls calls() {
    SessionCalls present = calls;
    if (present == null) {
      synchronized (this) {
        present = calls;
        if (present == null) {
          present = new SessionCalls(this, sessions.maxCalls(), sessions.callCounts());
          calls = present;
        }
      }
    }
    return present;
  }

  /** The client answered a call. */
  void answered(Response response) {
    SessionCalls present = calls;
    if (present == null) {
      sessions.callCounts().stray();
    } else {
      present.answered(response);
    }
  }

  /** Gives up all that waits for this session. */
  void abandon(String why) {
    SessionCalls made = calls;
    if (made != null) {
      made.cancelAll(why);
    }
    if (streams != null) {
      streams.over();
    }
    if (pendingAcks != null) {
      var waiting = new ArrayList<>(pendingAcks.values());
      pendingAcks = null;
      waiting.forEach(pending -> pending.missed(this, why));
    }
    if (callsInFlight != null) {
      var running = new ArrayList<>(callsInFlight);
      callsInFlight = null;
      running.forEach(Runnable::run);
    }
  }

  @Override
  public String toString() {
    return "session " + info.id() + " of " + info.user() + "/" + info.device();
  }
}
