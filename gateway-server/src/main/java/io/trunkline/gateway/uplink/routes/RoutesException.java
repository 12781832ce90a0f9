package io.trunkline.gateway.uplink.routes;

import java.util.List;
import java.util.stream.Collectors;

/** A routes file cannot be used; it has all that is wrong with it. */
public final class RoutesException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<RouteProblem> problems;

  /**
   * Makes one.
   *
   * @param file for the message
   * @param problems at least one
   */
  public RoutesException(String file, List<RouteProblem> problems) {
    super(
        "routes file "
            + file
            + ": "
            + problems.stream().map(RouteProblem::toString).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** In the order of the file. */
  public List<RouteProblem> problems() {
    return problems;
  }
}
