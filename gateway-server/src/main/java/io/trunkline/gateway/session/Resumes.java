package io.trunkline.gateway.session;

import io.trunkline.persistence.ClosedSession;
import io.trunkline.persistence.SessionClose;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionResumption;
import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.persistence.SessionResumption.Request;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets sessions back for clients that show a resume token, and tells what became of them. Blocks;
 * thread-safe.
 */
public final class Resumes {
  private static final Logger log = LoggerFactory.getLogger(Resumes.class);

  /**
   * The node where a session began writes it a moment after its Welcome; who comes to another node
   * within that moment finds nothing yet.
   */
  private static final Duration YOUNG = Duration.ofSeconds(5);

  private static final int YOUNG_ATTEMPTS = 5;
  private static final Duration YOUNG_PAUSE = Duration.ofMillis(100);

  static final SessionClose REUSED =
      close(CloseCode.RESUME_TOKEN_REUSED, "a resume token was used twice");

  private final SessionsConfig config;
  private final SessionJournal journal;
  private final SessionNews news;
  private final ResumeBatches batches;
  private final LongAdder resumed = new LongAdder();
  private final LongAdder notResumed = new LongAdder();

  /**
   * @param executor runs blocking work, a virtual thread each
   */
  public Resumes(
      SessionsConfig config,
      SessionResumption store,
      SessionJournal journal,
      SessionNews news,
      Executor executor) {
    this.config = config;
    this.journal = journal;
    this.news = news;
    this.batches = new ResumeBatches(config, store, executor);
  }

  SessionsConfig config() {
    return config;
  }

  /** Sessions resumed here since the start. */
  public long resumed() {
    return resumed.sum();
  }

  /** Resume tokens that got a new session instead since the start. */
  public long notResumed() {
    return notResumed.sum();
  }

  static SessionClose close(CloseCode code, String reason) {
    return new SessionClose(code.getNumber(), code.name(), reason);
  }

  /**
   * The answer; empty while the database does not give one.
   *
   * @param there whether the client still waits: one that has come again by another connection must
   *     not lose its session to what it asked by the first
   */
  Optional<Outcome> resume(Request request, BooleanSupplier there) {
    Optional<Outcome> outcome = answer(request, there);
    switch (outcome.orElse(null)) {
      case null -> {
        notResumed.increment();
        log.info(
            "session {} is not resumed: the client is gone, or the database does not answer",
            request.id());
      }
      case Outcome.NotResumed not -> {
        notResumed.increment();
        log.info("session {} is not resumed for {}: {}", request.id(), request.user(), not.why());
      }
      case Outcome.Resumed here -> {
        resumed.increment();
        here.heldBy()
            .filter(node -> !node.equals(request.node()))
            .ifPresent(node -> news.moved(request.id(), here.epoch()));
        news.resumed(request);
      }
      case Outcome.Revoked revoked -> {
        ClosedSession session = revoked.session();
        log.warn(
            "session {} of {} is revoked: a resume token was used twice, now from {}",
            session.id(),
            session.user(),
            request.remoteAddress());
        news.closed(List.of(session));
      }
    }
    return outcome;
  }

  private Optional<Outcome> answer(Request request, BooleanSupplier there) {
    if (!settled(request.id())) {
      return Optional.empty();
    }
    for (int attempt = 1; ; attempt++) {
      Optional<Outcome> outcome = batches.ask(request, there);
      boolean unknown =
          outcome.isPresent()
              && outcome.get() instanceof Outcome.NotResumed not
              && not.why() == Outcome.Why.UNKNOWN;
      if (!unknown
          || attempt == YOUNG_ATTEMPTS
          || SessionIds.time(request.id()).plus(YOUNG).isBefore(request.at())) {
        return outcome;
      }
      try {
        Thread.sleep(YOUNG_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return outcome;
      }
    }
  }

  /** What this node has to say about the session comes first. False: it cannot be written now. */
  private boolean settled(UUID id) {
    try {
      journal.settled(id).get(ResumeBatches.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What went wrong in the end, without the statement. */
  static String cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** To be called at intervals: nobody may come after an outage. */
  void clearUp() {
    batches.clearUp();
  }
}
