package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.configuration.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SettingsTest {
  /**
   * Names and defaults are promises to those who run a node: a change here is a change for them.
   */
  @Test
  void everySetting_andItsDefault_isAsPinned() {
    String settings =
        Configuration.keys(GatewayConfig.class).stream()
            .map(key -> key.name() + " = " + key.defaultText() + "\n")
            .collect(Collectors.joining());
    assertThat(settings).isEqualTo(pinned());
  }

  @Test
  void everySetting_saysWhatItDoes() {
    assertThat(Configuration.keys(GatewayConfig.class))
        .allSatisfy(key -> assertThat(key.doc()).as(key.name()).endsWith("."));
  }

  private static String pinned() {
    try (var in = SettingsTest.class.getResourceAsStream("settings.txt")) {
      return new String(
          java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
