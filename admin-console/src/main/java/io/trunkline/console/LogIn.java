package io.trunkline.console;

import io.trunkline.persistence.OperatorStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may log in. Thread-safe; blocks. */
final class LogIn {
  private static final Logger log = LoggerFactory.getLogger(LogIn.class);

  private final OperatorStore operators;
  private final LoginThrottle throttle;

  sealed interface Outcome {
    record Accepted(Operator operator) implements Outcome {}

    record Refused() implements Outcome {}

    record TooMany(Duration waitFor) implements Outcome {}

    /** The database does not answer. */
    record Unavailable() implements Outcome {}
  }

  LogIn(OperatorStore operators, LoginThrottle throttle) {
    this.operators = operators;
    this.throttle = throttle;
  }

  /** Overwrites the password. */
  Outcome attempt(String name, char[] password, String address) {
    try {
      Optional<Duration> waitFor = throttle.attempt(name, address);
      if (waitFor.isPresent()) {
        log.warn("Log-in from {} has to wait {}: too many failures", address, waitFor.get());
        return new Outcome.TooMany(waitFor.get());
      }
      if (!operators.authenticate(name, password)) {
        log.warn("Log-in from {} refused: wrong name or password", address);
        return new Outcome.Refused();
      }
      throttle.succeeded(name, address);
      operators.record(
          new OperatorStore.Action(
              Instant.now(), name, "console", "log-in", Optional.empty(), "from " + address, "ok"));
      return new Outcome.Accepted(new Operator(name));
    } catch (RuntimeException e) {
      throttle.succeeded(name, address);
      log.error("Log-in cannot be checked", e);
      return new Outcome.Unavailable();
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
