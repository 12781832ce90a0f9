package io.trunkline.gateway.api;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.trunkline.gateway.cluster.Drain;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the node serves: it is live while it answers at all, and ready while database and broker
 * are there, its lease runs and it is not being drained.
 */
final class NodeHealth {
  private NodeHealth() {}

  static List<HealthCheck> checks(ManagementApi.Parts parts) {
    return List.of(
        new Cached(
            "node",
            HealthCheckType.LIVENESS,
            () ->
                HealthCheckResponse.builder()
                    .status(true)
                    .detail("id", parts.node())
                    .detail("sessions", parts.registry().size())
                    .build()),
        new Cached(
            "database",
            HealthCheckType.READINESS,
            () ->
                HealthCheckResponse.builder()
                    .status(parts.database().healthy())
                    .detail("journal_backlog", parts.journal().backlog())
                    .detail("accepting_sessions", parts.journal().accepting())
                    .build()),
        new Lease(parts.cluster().held()),
        new Draining(parts.cluster().drain()),
        new Cached(
            "broker",
            HealthCheckType.READINESS,
            () -> HealthCheckResponse.builder().status(parts.bridge().connected()).build()));
  }

  /**
   * A node without its lease takes no new clients where there are others, and before it has one it
   * is not there yet. By the process' own clock, so that no answer of the database is waited for.
   */
  private record Lease(BooleanSupplier held) implements HealthCheck {
    @Override
    public String name() {
      return "lease";
    }

    @Override
    public HealthCheckType type() {
      return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
      boolean now = held.getAsBoolean();
      return HealthCheckResponse.builder().status(now).detail("held", now).build();
    }
  }

  /** Down from the first moment: a load balancer must not learn of it later than it has to. */
  private record Draining(Drain drain) implements HealthCheck {
    @Override
    public String name() {
      return "drain";
    }

    @Override
    public HealthCheckType type() {
      return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
      boolean draining = drain.underWay();
      var response = HealthCheckResponse.builder().status(!draining).detail("draining", draining);
      if (draining) {
        response.detail("sessions_left", drain.sessionsLeft());
      }
      return response.build();
    }
  }

  /** Asks at most once a second, however often it is asked. */
  private static final class Cached implements HealthCheck {
    private static final long FRESH_NS = TimeUnit.SECONDS.toNanos(1);

    private record Known(HealthCheckResponse response, long atNs) {}

    private final String name;
    private final HealthCheckType type;
    private final Supplier<HealthCheckResponse> check;
    private volatile @Nullable Known last;

    Cached(String name, HealthCheckType type, Supplier<HealthCheckResponse> check) {
      this.name = name;
      this.type = type;
      this.check = check;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public HealthCheckType type() {
      return type;
    }

    @Override
    public HealthCheckResponse call() {
      Known known = last;
      if (known == null || System.nanoTime() - known.atNs() > FRESH_NS) {
        known = new Known(check.get(), System.nanoTime());
        last = known;
      }
      return known.response();
    }
  }
}
