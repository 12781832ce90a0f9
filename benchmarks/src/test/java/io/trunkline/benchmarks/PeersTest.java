package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each peer answers with what it was sent: a load that gets anything else fails. */
@EnabledIfSystemProperty(
    named = "trunkline.peers",
    matches = "true",
    disabledReason = "the profile 'peers' builds what this starts")
class PeersTest {
  private static Lab lab;

  @BeforeAll
  static void open() throws BenchmarkException {
    lab = new Lab(new Progress(System.err));
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  /** Fails, too, if any answer is not what had been sent. */
  private static void assertCallsGoRound(CallLoad load) {
    await().atMost(Duration.ofSeconds(30)).until(() -> callsOfAMoment(load) > 0);
  }

  private static long callsOfAMoment(CallLoad load) throws BenchmarkException {
    load.record();
    Clock.pause(100);
    return load.stop().calls();
  }

  static Stream<Arguments> rpcPeers() {
    return PeerServer.RPC.stream()
        .flatMap(
            project ->
                Stream.of(
                    Arguments.of(project, PeerServer.LOOP),
                    Arguments.of(project, PeerServer.POOL)));
  }

  @ParameterizedTest
  @MethodSource("rpcPeers")
  void rpcPeer_calledByItsOwnClient_echoes(String project, String threads)
      throws BenchmarkException {
    try (var server = new PeerServer(lab, project, threads);
        var client = new PeerClient(lab, server, 4)) {
      for (int outstanding : List.of(3, 1)) {
        try (CallLoad load = client.begin(outstanding)) {
          assertCallsGoRound(load);
        }
      }
      assertThat(server.name()).matches(".+ [0-9.]+");
    }
  }

  @Test
  void httpPeer_echoes() throws BenchmarkException {
    try (var server = new PeerServer(lab, PeerServer.HTTP, PeerServer.LOOP);
        var load = new LocalLoad(new HttpPeer(), server.port(), new EchoSize(12, 1))) {
      assertCallsGoRound(load);
    }
  }
}
