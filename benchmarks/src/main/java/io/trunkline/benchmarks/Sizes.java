package io.trunkline.benchmarks;

import java.util.List;

/**
 * How much of everything.
 *
 * @param starts how often the whole is started
 * @param sessions at which counts memory is measured, rising
 * @param receivers of broadcasts
 * @param warmUpSeconds of calls, before each measurement
 * @param callSeconds in which calls are counted
 * @param rounds of one broadcast, measured; half as many before them
 * @param bursts measured; half as many before them
 * @param burstMessages of one burst
 * @param users of point-to-point messages
 * @param directMessages as many as fit through
 * @param pacedMessages at a fixed rate
 * @param stormClients that connect at once
 * @param nodes with how many nodes point-to-point messages are measured, rising
 * @param nodeSessions of each of the three nodes of which one is killed
 */
record Sizes(
    int starts,
    List<Integer> sessions,
    int receivers,
    int warmUpSeconds,
    int callSeconds,
    int rounds,
    int bursts,
    int burstMessages,
    int users,
    int directMessages,
    int pacedMessages,
    int stormClients,
    List<Integer> nodes,
    int nodeSessions) {

  static Sizes full() {
    return new Sizes(
        3,
        List.of(2_000, 5_000, 10_000, 15_000),
        5_000,
        5,
        10,
        100,
        10,
        200,
        1_000,
        160_000,
        5_000,
        5_000,
        List.of(1, 2, 4, 8),
        5_000);
  }

  /** For trying the programs; the figures mean little. */
  static Sizes small() {
    return new Sizes(
        1, List.of(200, 400, 800), 500, 1, 2, 20, 4, 200, 100, 5_000, 500, 500, List.of(1, 2), 200);
  }

  Sizes {
    sessions = List.copyOf(sessions);
    nodes = List.copyOf(nodes);
  }
}
