package io.trunkline.gateway.session;

import io.trunkline.gateway.session.Admission.Attach;
import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.persistence.SessionResumption.Request;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Hello;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Which session an admitted client gets: none if another node is to take it, its old one if its
 * resume token says so, else a new one. PROTOCOL.md, Resume and Redirect. Blocks.
 */
public final class Attaches {
  private final String node;
  private final Resumes resumes;
  private final SessionStreams.Opener streams;
  private final Placement placement;
  private final InstantSource clock;

  public Attaches(
      String node,
      Resumes resumes,
      SessionStreams.Opener streams,
      Placement placement,
      InstantSource clock) {
    this.node = node;
    this.resumes = resumes;
    this.streams = streams;
    this.placement = placement;
    this.clock = clock;
  }

  Admission attach(Hello hello, Admission.Granted granted, Peer peer) {
    Optional<ResumeToken> shown =
        resumes.config().resumable() ? ResumeToken.read(hello.getResumeToken()) : Optional.empty();
    Placement.Elsewhere elsewhere =
        placement
            .elsewhere(
                new Placement.Arrival(
                    granted.user(),
                    shown.map(ResumeToken::session),
                    hello.getFollowsAddress(),
                    hello.getRedirected()))
            .orElse(null);
    if (elsewhere != null) {
      return new Admission.Refused(
          elsewhere.code(),
          elsewhere.told(),
          granted.user(),
          elsewhere.retryAfterMs(),
          elsewhere.address());
    }
    if (shown.isPresent()) {
      ResumeToken next = ResumeToken.next(shown.get().session());
      Outcome outcome =
          resumes
              .resume(request(shown.get(), next, hello, granted, peer), peer.there())
              .orElse(null);
      if (outcome instanceof Outcome.Revoked) {
        return new Admission.Refused(
            CloseCode.RESUME_TOKEN_REUSED,
            "the resume token was used before; connect without it",
            granted.user(),
            0);
      }
      if (outcome instanceof Outcome.Resumed resumed) {
        return admitted(
            hello,
            granted,
            new Attach(next.session(), resumed.epoch(), resumed.startedAt(), Optional.of(next)));
      }
    }
    Instant now = clock.instant();
    UUID id = SessionIds.next(now);
    Optional<ResumeToken> token =
        resumes.config().resumable() ? Optional.of(ResumeToken.next(id)) : Optional.empty();
    return admitted(hello, granted, new Attach(id, 1, now, token));
  }

  private Admission admitted(Hello hello, Admission.Granted granted, Attach attach) {
    return new Admission.Admitted(
        granted, attach, streams.open(granted.user(), hello.getPositionsList()));
  }

  private Request request(
      ResumeToken shown, ResumeToken next, Hello hello, Admission.Granted granted, Peer peer) {
    return new Request(
        shown.session(),
        granted.user(),
        hello.getDeviceId(),
        shown.hash(),
        next.hash(),
        node,
        peer.transport(),
        peer.remoteAddress(),
        hello.getClientName(),
        hello.getClientVersion(),
        hello.getPlatform(),
        granted.attributes(),
        clock.instant());
  }
}
