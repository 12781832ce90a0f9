package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeChoiceTest {
  private static final Instant LEASE = Instant.parse("2026-01-01T00:00:00Z");

  private final ClusterNodes cluster = new ClusterNodes("a");
  private final NodeChoice choice = new NodeChoice(cluster);

  private static NodeRow node(String id, NodeState state, int sessions, double cpu) {
    return told(id, state, sessions, cpu, LEASE);
  }

  private static NodeRow told(
      String id, NodeState state, int sessions, double cpu, Instant leaseUntil) {
    boolean live = state == NodeState.UP || state == NodeState.DRAINING;
    return new NodeRow(
        id,
        id + ":7400",
        id + ":7401",
        state,
        live,
        sessions,
        cpu,
        0,
        LEASE,
        leaseUntil,
        Optional.empty(),
        Optional.empty());
  }

  private static List<String> ids(List<NodeRow> nodes) {
    return nodes.stream().map(NodeRow::id).toList();
  }

  private Map<String, Integer> choose(int clients) {
    Map<String, Integer> chosen = new HashMap<>();
    for (int i = 0; i < clients; i++) {
      chosen.merge(choice.byLoad(1).getFirst().id(), 1, Integer::sum);
    }
    return chosen;
  }

  @Test
  void byLoad_fewestSessionsFirst_thenLeastCpu() {
    cluster.saw(
        List.of(
            node("a", NodeState.UP, 50, 0.1),
            node("b", NodeState.UP, 10, 0.9),
            node("c", NodeState.UP, 10, 0.2)));
    assertThat(ids(choice.byLoad(3))).containsExactly("c", "b", "a");
    assertThat(ids(choice.byLoad(1))).containsExactly("b");
  }

  @Test
  void byLoad_onlyNodesThatTakeClients() {
    cluster.saw(
        List.of(
            node("a", NodeState.DRAINING, 0, 0),
            node("b", NodeState.DEAD, 0, 0),
            node("c", NodeState.LEFT, 0, 0),
            node("d", NodeState.UP, 900, 1)));
    assertThat(ids(choice.byLoad(4))).containsExactly("d");
    assertThat(ids(choice.byUser("u", 4))).containsExactly("d");
    cluster.saw(List.of());
    assertThat(choice.byLoad(1)).isEmpty();
    assertThat(choice.byUser("u", 1)).isEmpty();
    assertThat(choice.hasOthers()).isFalse();
  }

  @Test
  void byLoad_betweenTwoLooks_clientsAreSpreadUntilAllAreEquallyFull() {
    cluster.saw(
        List.of(
            node("a", NodeState.UP, 100, 0),
            node("b", NodeState.UP, 40, 0),
            node("c", NodeState.UP, 100, 0)));
    assertThat(choose(60)).containsExactly(Map.entry("b", 60));
    assertThat(choose(30)).allSatisfy((node, clients) -> assertThat(clients).isEqualTo(10));
  }

  @Test
  void byLoad_afterTheNodeHasToldAnew_whatWasSentBeforeIsInItsFigure() {
    cluster.saw(List.of(node("a", NodeState.UP, 0, 0), node("b", NodeState.UP, 30, 0)));
    assertThat(choose(20)).containsExactly(Map.entry("a", 20));
    cluster.saw(
        List.of(
            told("a", NodeState.UP, 20, 0, LEASE.plusSeconds(5)), node("b", NodeState.UP, 30, 0)));
    assertThat(choose(10)).containsExactly(Map.entry("a", 10));
  }

  @Test
  void nodeThatLeaves_isNotChosen_beforeTheDatabaseSaysSo() {
    cluster.saw(List.of(node("a", NodeState.UP, 0, 0), node("b", NodeState.UP, 30, 0)));
    choice.selfLeaves(true);
    assertThat(ids(choice.byLoad(2))).containsExactly("b");
    choice.selfLeaves(false);
    assertThat(ids(choice.byLoad(2))).containsExactly("a", "b");
  }

  @Test
  void byUser_isTheSameOnEveryNode_andEven() {
    cluster.saw(up("a", "b", "c"));
    var elsewhere = new NodeChoice(new ClusterNodes("b"));
    assertThat(elsewhere.byUser("u-1", 1)).isEmpty();
    Map<String, Integer> homes = new HashMap<>();
    for (int i = 0; i < 3_000; i++) {
      homes.merge(choice.byUser("u-" + i, 1).getFirst().id(), 1, Integer::sum);
    }
    assertThat(homes).hasSize(3).allSatisfy((id, users) -> assertThat(users).isBetween(850, 1150));
    // A contract between versions: nodes of both must agree.
    assertThat(NodeChoice.weight("u-1", "gw-1")).isEqualTo(NodeChoice.weight("u-1", "gw-1"));
  }

  @Test
  void byUser_onlyUsersOfANodeThatGoes_move() {
    List<String> users = IntStream.range(0, 1_000).mapToObj(i -> "u-" + i).toList();
    cluster.saw(up("a", "b", "c"));
    List<List<String>> before = users.stream().map(u -> ids(choice.byUser(u, 3))).toList();
    cluster.saw(up("a", "c"));
    for (int i = 0; i < users.size(); i++) {
      List<String> left = new ArrayList<>(before.get(i));
      left.remove("b");
      assertThat(ids(choice.byUser(users.get(i), 3))).isEqualTo(left);
    }
  }

  private static List<NodeRow> up(String... ids) {
    return java.util.Arrays.stream(ids).map(id -> node(id, NodeState.UP, 0, 0)).toList();
  }
}
