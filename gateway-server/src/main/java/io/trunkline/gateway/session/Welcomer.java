package io.trunkline.gateway.session;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Turns an admitted Hello into a session and its Welcome. */
public final class Welcomer {
  private final String node;
  private final ClientsConfig config;
  private final Sessions sessions;
  private final SessionFrames frames;
  private final InstantSource clock;

  public Welcomer(
      String node,
      ClientsConfig config,
      Sessions sessions,
      SessionFrames frames,
      InstantSource clock) {
    this.node = node;
    this.config = config;
    this.sessions = sessions;
    this.frames = frames;
    this.clock = clock;
  }

  int maxFrameBytes() {
    return config.maxFrame().intBytes();
  }

  /** Begins or resumes the session and writes Welcome. On the connection's event loop. */
  SessionHandler welcome(Connection connection, Hello hello, Admission.Admitted admitted) {
    Instant now = clock.instant();
    Admission.Attach attach = admitted.attach();
    Admission.Granted granted = admitted.granted();
    Peer peer = Peer.of(connection);
    var info =
        new SessionInfo(
            attach.session(),
            granted.user(),
            hello.getDeviceId(),
            hello.getClientName(),
            hello.getClientVersion(),
            hello.getPlatform(),
            granted.attributes(),
            granted.claims(),
            granted.topics(),
            peer.transport(),
            peer.remoteAddress(),
            attach.startedAt());
    Session session =
        attach.resumed()
            ? sessions.resume(info, attach.epoch(), connection)
            : sessions.begin(info, attach.token(), connection);
    connection.expiresIn(Duration.between(now, granted.expiresAt()));
    session.countMessageIn(); // the Hello
    session.send(
        Frame.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setSessionId(info.id().toString())
                    .setResumed(attach.resumed())
                    .setResumeToken(attach.token().map(ResumeToken::wire).orElse(ByteString.EMPTY))
                    .setHeartbeatIntervalMs((int) config.heartbeatInterval().toMillis())
                    .setLivenessTimeoutMs((int) config.livenessTimeout().toMillis())
                    .setLimits(
                        Limits.newBuilder()
                            .setMaxFrameBytes(maxFrameBytes())
                            .setMaxOutstandingRequests(config.maxOutstandingRequests()))
                    .addAllStreams(admitted.streams().attach(session))
                    .setNodeId(node)
                    .setServerTimeMs(now.toEpochMilli()))
            .build());
    admitted.streams().begin();
    return new SessionHandler(session, frames);
  }

  /** The client went away before it could be told: a session that it was given goes back. */
  void notTaken(Hello hello, Admission admission) {
    if (admission instanceof Admission.Admitted admitted && admitted.attach().resumed()) {
      sessions.giveBack(
          admitted.attach().session(),
          admitted.attach().epoch(),
          admitted.granted().user(),
          hello.getDeviceId());
    }
  }
}
