package io.trunkline.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Operators of the console, and what they did. Thread-safe; blocks. */
public interface OperatorStore {

  /** Enters an operator or changes the password. The password is stored only as a slow hash. */
  void setPassword(String name, char[] password);

  /** Whether name and password belong together. Takes the same time for an unknown name. */
  boolean authenticate(String name, char[] password);

  boolean exists(String name);

  /**
   * What an operator did.
   *
   * @param action for example {@code kick} or {@code push}
   * @param target what it was done to, for example a session's id
   */
  record Action(
      Instant at,
      String operator,
      String via,
      String action,
      Optional<String> target,
      String detail,
      String outcome) {}

  void record(Action action);

  /** Newest first. */
  List<Action> latest(int limit);
}
