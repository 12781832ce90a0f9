package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdvertisedAddressTest {
  private static String of(Optional<String> configured, String host) throws IOException {
    return AdvertisedAddress.of("node.api-address", configured, host, 7401, () -> "gw-7");
  }

  @Test
  void configured_isTold() throws Exception {
    assertThat(of(Optional.of("gw.example.com:1"), "0.0.0.0")).isEqualTo("gw.example.com:1");
  }

  @Test
  void else_whereItListens() throws Exception {
    assertThat(of(Optional.empty(), "10.0.0.7")).isEqualTo("10.0.0.7:7401");
  }

  @Test
  void listeningOnAllAddresses_tellsTheMachinesName() throws Exception {
    assertThat(of(Optional.empty(), "0.0.0.0")).isEqualTo("gw-7:7401");
    assertThat(of(Optional.empty(), "::")).isEqualTo("gw-7:7401");
  }

  @Test
  void machineWithoutAName_isToldWhichSettingHelps() {
    assertThatThrownBy(
            () ->
                AdvertisedAddress.of(
                    "node.api-address",
                    Optional.empty(),
                    "0.0.0.0",
                    7401,
                    () -> {
                      throw new UnknownHostException("box: Name or service not known");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("node.api-address must be set")
        .hasMessageContaining("box");
  }
}
