package io.trunkline.console;

import java.util.List;
import java.util.Optional;

/** What the nodes say of their services. */
sealed interface ServiceReport {

  /** The console has no token for the nodes' APIs. */
  record NoToken() implements ServiceReport {}

  /** Which nodes there are is not known: the database has not answered yet. */
  record NoNodes() implements ServiceReport {}

  /**
   * All living nodes were asked.
   *
   * @param current whether the database has just said which nodes live; otherwise those of the last
   *     time that it answered were asked
   */
  record Asked(boolean current, List<NodeAnswer> answers) implements ServiceReport {
    public Asked {
      answers = List.copyOf(answers);
    }

    List<NodeServices> answered() {
      return answers.stream()
          .map(NodeAnswer::result)
          .filter(NodeAnswer.Answered.class::isInstance)
          .map(result -> ((NodeAnswer.Answered) result).services())
          .toList();
    }

    /** What somebody should know of a node, if anything. */
    static Optional<String> trouble(NodeAnswer answer) {
      return switch (answer.result()) {
        case NodeAnswer.Silent(String why) -> Optional.of(why);
        case NodeAnswer.Refused(String why) -> Optional.of("refuses: " + why);
        case NodeAnswer.Answered(NodeServices services) ->
            services.routes().ok() ? Optional.empty() : Optional.of(problems(services.routes()));
      };
    }

    private static String problems(NodeServices.Routes routes) {
      List<String> problems = routes.problems().stream().map(NodeServices.Problem::words).toList();
      return "the routes are an older state, "
          + routes.file()
          + " has errors: "
          + String.join("; ", problems);
    }

    long unknownCalls() {
      return answered().stream()
          .map(NodeServices::unknown)
          .mapToLong(counts -> counts == null ? 0 : counts.calls())
          .sum();
    }
  }
}
