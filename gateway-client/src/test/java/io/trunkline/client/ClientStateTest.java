package io.trunkline.client;

import static io.trunkline.client.ClientState.CLOSED;
import static io.trunkline.client.ClientState.CONNECTED;
import static io.trunkline.client.ClientState.CONNECTING;
import static io.trunkline.client.ClientState.NEW;
import static io.trunkline.client.ClientState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientStateTest {
  private static final Map<ClientState, Set<ClientState>> ALLOWED =
      Map.of(
          NEW, Set.of(CONNECTING, CLOSED),
          CONNECTING, Set.of(CONNECTED, WAITING, CLOSED),
          CONNECTED, Set.of(WAITING, CLOSED),
          WAITING, Set.of(CONNECTING, CLOSED),
          CLOSED, Set.of());

  @Test
  void mayBecome_allPairs() {
    for (ClientState from : ClientState.values()) {
      for (ClientState to : ClientState.values()) {
        assertThat(from.mayBecome(to))
            .as("%s to %s", from, to)
            .isEqualTo(ALLOWED.getOrDefault(from, Set.of()).contains(to));
      }
    }
  }
}
