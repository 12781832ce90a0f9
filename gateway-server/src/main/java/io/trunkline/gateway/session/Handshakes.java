package io.trunkline.gateway.session;

import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.gateway.auth.Verification;
import io.trunkline.gateway.transport.ClientsConfig;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.protocol.WireLimits;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Hello;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on Hellos, away from the event loops: a signature costs too much there, and keys may have
 * to be fetched. Before that, on the event loop, it is found out whether the client's turn has
 * come.
 */
public final class Handshakes {
  private static final Logger log = LoggerFactory.getLogger(Handshakes.class);
  private static final int MAX_ATTRIBUTES = 32;
  private static final int MAX_ATTRIBUTE_BYTES = 256;

  /** Told to clients that come while we cannot take them: 1 to 5 s, so that they spread. */
  private static final int RETRY_MIN_MS = 1_000;

  private static final int RETRY_MAX_MS = 5_000;

  /** Told when there are too many connections: only when others go will there be room. */
  private static final int FULL_RETRY_MIN_MS = 10_000;

  private static final int FULL_RETRY_MAX_MS = 30_000;

  private final TokenVerifier verifier;
  private final Bans bans;
  private final SessionJournal journal;
  private final Attaches attaches;
  private final Executor executor;
  private final int maxPending;
  private final @Nullable AdmissionQueue queue;
  private final AtomicInteger pending = new AtomicInteger();
  private final LongAdder admitted = new LongAdder();
  private final LongAdder deferred = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final RateLimitedSaying saying = new RateLimitedSaying();
  private volatile BooleanSupplier takes = () -> true;

  /**
   * @param executor runs blocking work, a virtual thread each
   */
  public Handshakes(
      TokenVerifier verifier,
      Bans bans,
      SessionJournal journal,
      Attaches attaches,
      Executor executor,
      ClientsConfig config) {
    this.verifier = verifier;
    this.bans = bans;
    this.journal = journal;
    this.attaches = attaches;
    this.executor = executor;
    this.maxPending = config.maxHandshakes();
    this.queue =
        config.admissionRate() == 0
            ? null
            : new AdmissionQueue(
                config.admissionRate(), config.admissionBurst(), System.nanoTime());
  }

  /**
   * From now on clients come in only while this holds; the others are told to come later. To be
   * called before the first client.
   */
  public void takeWhile(BooleanSupplier condition) {
    takes = condition;
  }

  /** Clients turned away for good or for their fault since the start; not those deferred. */
  public long refused() {
    return refused.sum();
  }

  /** Hellos decided on since the start, whatever the decision. */
  public long admitted() {
    return admitted.sum();
  }

  /** Times that a client was told to come later, since the start. */
  public long deferred() {
    return deferred.sum();
  }

  /**
   * Whether it is the client's turn. Costs little and waits for nothing: nothing of what the client
   * says is verified.
   *
   * @param full there are more connections than may be
   * @return 0 if it is, else milliseconds after which it should come again
   */
  int untilItsTurnMs(Hello hello, boolean full) {
    int waitMs;
    if (full) {
      waitMs = random(FULL_RETRY_MIN_MS, FULL_RETRY_MAX_MS);
    } else if (pending.get() >= maxPending) {
      waitMs = random(RETRY_MIN_MS, RETRY_MAX_MS); // the client keeps the place that it may have
    } else if (queue == null) {
      waitMs = 0;
    } else {
      boolean returning = !hello.getResumeToken().isEmpty();
      int who =
          31 * hello.getDeviceIdBytes().hashCode()
              + (returning ? hello.getResumeToken() : hello.getTokenBytes()).hashCode();
      waitMs = queue.arrive(System.nanoTime(), who, returning);
    }
    if (waitMs > 0) {
      deferred.increment();
      if (saying.may()) {
        log.info(
            "clients are told to come later, {} times since the start; {} handshakes are under"
                + " way{}",
            deferred.sum(),
            pending.get(),
            full ? ", and there are too many connections" : "");
      }
    }
    return waitMs;
  }

  /** Decides, and hands the decision to {@code then} on a thread of the executor. */
  void decide(Hello hello, Peer peer, Consumer<Admission> then) {
    pending.incrementAndGet();
    admitted.increment();
    executor.execute(
        () -> {
          Admission admission;
          try {
            admission = admit(hello, peer);
          } catch (RuntimeException e) {
            log.error("a handshake failed", e);
            admission = later(CloseCode.INTERNAL_ERROR, "the gateway failed");
          } finally {
            pending.decrementAndGet();
          }
          then.accept(admission);
        });
  }

  void countRefused() {
    refused.increment();
  }

  private Admission admit(Hello hello, Peer peer) {
    Optional<String> wrong = check(hello);
    if (wrong.isPresent()) {
      return new Admission.Refused(CloseCode.INVALID_HELLO, wrong.get(), "", 0);
    }
    return switch (verifier.verify(hello.getToken())) {
      case Verification.Invalid invalid ->
          new Admission.Refused(
              CloseCode.TOKEN_INVALID, "the token is not valid", invalid.why(), 0);
      case Verification.Expired expired ->
          new Admission.Refused(
              CloseCode.TOKEN_EXPIRED, "the token expired at " + expired.at(), "", 0);
      case Verification.Unavailable unavailable -> {
        log.warn("tokens cannot be verified: {}", unavailable.why());
        yield later(CloseCode.DEPENDENCY_DOWN, "tokens cannot be verified at present");
      }
      case Verification.Valid valid -> admitUser(hello, peer, valid);
    };
  }

  private Admission admitUser(Hello hello, Peer peer, Verification.Valid valid) {
    if (valid.device().isPresent() && !valid.device().get().equals(hello.getDeviceId())) {
      return new Admission.Refused(
          CloseCode.TOKEN_INVALID, "the token belongs to another device", valid.user(), 0);
    }
    Optional<Instant> bannedUntil = bans.until(valid.user(), hello.getDeviceId());
    if (bannedUntil.isPresent()) {
      return new Admission.Refused(
          CloseCode.BANNED, "banned until " + bannedUntil.get(), valid.user(), 0);
    }
    if (!takes.getAsBoolean()) {
      return later(CloseCode.DEPENDENCY_DOWN, "this node is cut off from the others at present");
    }
    if (!journal.accepting()) {
      return later(CloseCode.DEPENDENCY_DOWN, "sessions cannot be recorded at present");
    }
    Map<String, String> attributes = new HashMap<>(hello.getAttributesMap());
    attributes.remove(TopicGrants.CLAIM);
    attributes.putAll(valid.attributes());
    return attaches.attach(
        hello,
        new Admission.Granted(
            valid.user(), attributes, valid.attributes(), valid.topics(), valid.expiresAt()),
        peer);
  }

  private static Admission.Refused later(CloseCode code, String told) {
    return new Admission.Refused(code, told, "", random(RETRY_MIN_MS, RETRY_MAX_MS));
  }

  private static int random(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }

  private static Optional<String> check(Hello hello) {
    if (hello.getToken().isEmpty()) {
      return Optional.of("token is empty");
    }
    if (hello.getDeviceId().isEmpty()) {
      return Optional.of("device_id is empty");
    }
    if (!isName(hello.getDeviceId(), WireLimits.MAX_NAME_BYTES)
        || !isName(hello.getClientName(), WireLimits.MAX_NAME_BYTES)
        || !isName(hello.getClientVersion(), WireLimits.MAX_NAME_BYTES)
        || !isName(hello.getPlatform(), WireLimits.MAX_NAME_BYTES)) {
      return Optional.of(
          "device_id, client_name, client_version and platform have at most "
              + WireLimits.MAX_NAME_BYTES
              + " bytes and no control characters");
    }
    if (hello.getAttributesCount() > MAX_ATTRIBUTES) {
      return Optional.of("more than " + MAX_ATTRIBUTES + " attributes");
    }
    for (Map.Entry<String, String> attribute : hello.getAttributesMap().entrySet()) {
      if (!isName(attribute.getKey(), WireLimits.MAX_NAME_BYTES)
          || !isName(attribute.getValue(), MAX_ATTRIBUTE_BYTES)) {
        return Optional.of(
            "an attribute has at most " + MAX_ATTRIBUTE_BYTES + " bytes, no control characters");
      }
    }
    return Optional.empty();
  }

  private static boolean isName(String text, int maxBytes) {
    return text.length() <= maxBytes
        && text.getBytes(StandardCharsets.UTF_8).length <= maxBytes
        && text.chars().noneMatch(Character::isISOControl);
  }
}
