package io.trunkline.console;

import io.trunkline.console.NodeServices.Service;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A service over all nodes that have it.
 *
 * @param nodes by the node's id; never empty
 */
record ServiceSum(String name, SortedMap<String, Service> nodes) {

  /** From the best to the worst, none first. */
  private static final List<String> CIRCUITS = List.of("", "closed", "half_open", "open");

  /** All services of all answers, by name. */
  static List<ServiceSum> of(List<NodeServices> answers) {
    SortedMap<String, SortedMap<String, Service>> byName = new TreeMap<>();
    for (NodeServices answer : answers) {
      for (Service service : answer.services()) {
        byName.computeIfAbsent(service.name(), name -> new TreeMap<>()).put(answer.node(), service);
      }
    }
    return byName.entrySet().stream()
        .map(entry -> new ServiceSum(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** What the nodes say, mostly the same; each routes file is its node's own. */
  String each(Function<Service, @Nullable String> of) {
    return nodes.values().stream()
        .map(service -> shown(of.apply(service)))
        .distinct()
        .collect(Collectors.joining(" | "));
  }

  private static String shown(@Nullable String value) {
    return value == null ? "" : value;
  }

  long sum(ToLongFunction<Service> of) {
    return nodes.values().stream().mapToLong(of).sum();
  }

  long inFlight() {
    return sum(service -> service.counts().inFlight());
  }

  SortedMap<String, Long> outcomes() {
    SortedMap<String, Long> outcomes = new TreeMap<>();
    nodes
        .values()
        .forEach(
            service ->
                service
                    .counts()
                    .outcomes()
                    .forEach((status, count) -> outcomes.merge(status, count, Long::sum)));
    return outcomes;
  }

  /** Of one kind. */
  long outcomes(OutcomeKind kind) {
    return outcomes().entrySet().stream()
        .filter(entry -> OutcomeKind.of(entry.getKey()) == kind)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Some node waits for threads; without that there is nothing to bound. */
  boolean isBounded() {
    return nodes.values().stream().anyMatch(service -> service.bounds() != null);
  }

  /** The worst of all nodes'; empty: no circuit breaker. */
  String circuit() {
    return CIRCUITS.get(
        nodes.values().stream().mapToInt(service -> badness(circuit(service))).max().orElse(0));
  }

  static String circuit(Service service) {
    NodeServices.Circuit circuit = service.circuit();
    return circuit == null ? "" : circuit.state();
  }

  private static int badness(String circuit) {
    return Math.max(0, CIRCUITS.indexOf(circuit));
  }
}
