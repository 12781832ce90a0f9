package io.trunkline.console;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node's API answers of its services; what else it says is passed over. Names and meanings
 * are those of {@code GET /api/v1/services}.
 */
record NodeServices(String node, Routes routes, List<Service> services, @Nullable Counts unknown) {
  // What is missing in an answer is found here, and not when it is shown.
  NodeServices {
    requireNonNull(node);
    requireNonNull(routes);
    services = List.copyOf(services);
  }

  /**
   * @param file null: the node has none
   */
  record Routes(
      @Nullable String file, @Nullable String loadedAt, boolean ok, List<Problem> problems) {
    Routes {
      problems = List.copyOf(problems);
    }
  }

  record Problem(String code, int line, String key, String message) {
    String words() {
      return (line > 0 ? "line " + line + ", " : "")
          + (key.isEmpty() ? "" : "'" + key + "': ")
          + message;
    }
  }

  /** See the API for what is null when. */
  record Service(
      String name,
      String backEnd,
      @Nullable String target,
      @Nullable Bounds bounds,
      @Nullable String timeout,
      @Nullable Long maxRequestBytes,
      @Nullable Rates rates,
      @Nullable Circuit circuit,
      Counts counts) {
    Service {
      requireNonNull(name);
      requireNonNull(backEnd);
      requireNonNull(counts);
    }
  }

  record Bounds(int maxConcurrent, int maxQueued, int running, int queued) {}

  record Rates(@Nullable String user, @Nullable String session, @Nullable String service) {}

  /**
   * @param state closed, half_open or open
   */
  record Circuit(String state, int failures, int calls) {
    Circuit {
      requireNonNull(state);
    }
  }

  /**
   * @param outcomes by status
   */
  record Counts(long calls, long inFlight, Map<String, Long> outcomes) {
    Counts {
      outcomes = Map.copyOf(outcomes);
    }
  }
}
