package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.RouteProblem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the routes file and the table of a node stand to each other; as the API shows it.
 *
 * @param file null: there is none by configuration
 * @param loadedAt when the file was last taken over; null: never
 * @param checkedAt when it was last read, with or without errors; null: never
 * @param ok whether the table is what the file said when it was last read
 * @param problems why not, in the file's order; the table is an older one then
 */
public record RoutesStatus(
    @Nullable String file,
    @Nullable Instant loadedAt,
    @Nullable Instant checkedAt,
    boolean ok,
    List<RouteProblem> problems) {
  public RoutesStatus {
    problems = List.copyOf(problems);
  }
}
