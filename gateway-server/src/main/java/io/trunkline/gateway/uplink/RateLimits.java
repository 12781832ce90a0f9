package io.trunkline.gateway.uplink;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.trunkline.gateway.session.SessionInfo;
import io.trunkline.gateway.uplink.routes.Protection;
import io.trunkline.gateway.uplink.routes.Rate;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How often a service is called: by a session, by a user, by all. Each call takes a token of each
 * kind, or none. On this node alone; thread-safe, without locks.
 */
final class RateLimits {
  /** Of a kind; beyond it the least used bucket is forgotten, and begins full again. */
  private static final long MAX_BUCKETS = 100_000;

  private final String service;
  private final Protection.Rates rates;
  private final @Nullable Buckets<UUID> sessions;
  private final @Nullable Buckets<String> users;
  private final @Nullable Bucket all;

  RateLimits(String service, Protection.Rates rates) {
    this.service = service;
    this.rates = rates;
    sessions = rates.session() == null ? null : new Buckets<>(rates.session());
    users = rates.user() == null ? null : new Buckets<>(rates.user());
    all = rates.service() == null ? null : bucket(rates.service());
  }

  Protection.Rates rates() {
    return rates;
  }

  /** Takes the tokens of a call; when one is missing, none is taken. Null: they are taken. */
  @Nullable CallResult take(UplinkCaller caller) {
    Bucket ofSession = ofSession(caller);
    if (ofSession != null && !ofSession.tryConsume(1)) {
      return refusal(ofSession, rates.session(), "of one session");
    }
    Bucket ofUser = ofUser(caller);
    if (ofUser != null && !ofUser.tryConsume(1)) {
      giveBack(ofSession);
      return refusal(ofUser, rates.user(), "of one user");
    }
    if (all != null && !all.tryConsume(1)) {
      giveBack(ofSession);
      giveBack(ofUser);
      return refusal(all, rates.service(), "of all together");
    }
    return null;
  }

  /** The call was refused for another reason. */
  void giveBack(UplinkCaller caller) {
    giveBack(ofSession(caller));
    giveBack(ofUser(caller));
    giveBack(all);
  }

  private static void giveBack(@Nullable Bucket bucket) {
    if (bucket != null) {
      bucket.addTokens(1);
    }
  }

  private @Nullable Bucket ofSession(UplinkCaller caller) {
    return sessions == null
        ? null
        : caller.session().map(SessionInfo::id).map(sessions::of).orElse(null);
  }

  private @Nullable Bucket ofUser(UplinkCaller caller) {
    return users == null ? null : users.of(caller.user());
  }

  private CallResult refusal(Bucket empty, @Nullable Rate rate, String whose) {
    long waitNs = empty.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    return CallResult.failed(
        Status.RATE_LIMITED,
        "'" + service + "' takes " + rate + " calls " + whose,
        // Up: a caller that comes a moment too early is refused again.
        Duration.ofMillis(waitNs / 1_000_000 + 1));
  }

  private static Bucket bucket(Rate rate) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(rate.count()).refillGreedy(rate.count(), rate.period()))
        .withNanosecondPrecision()
        .build();
  }

  /** A bucket of each; one that is full again after its period need not be kept. */
  private static final class Buckets<K> {
    private final Rate rate;
    private final Cache<K, Bucket> buckets;

    Buckets(Rate rate) {
      this.rate = rate;
      buckets =
          Caffeine.newBuilder()
              .maximumSize(MAX_BUCKETS)
              .expireAfterAccess(rate.period().plusSeconds(1))
              .build();
    }

    Bucket of(K key) {
      return buckets.get(key, _ -> bucket(rate));
    }
  }
}
