package io.trunkline.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.configuration.Configuration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleConfigTest {

  @Test
  void bind_nothingGiven_hasTheDocumentedDefaults() {
    ConsoleSettings settings =
        new Configuration()
            .arguments(List.of("db.password=x", "jms.password=y"))
            .bind(ConsoleSettings.class);

    assertThat(settings.console())
        .isEqualTo(
            new ConsoleConfig(
                "127.0.0.1",
                7402,
                Duration.ofMinutes(30),
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                5,
                Duration.ofSeconds(30),
                Optional.empty(),
                Duration.ofSeconds(3)));
  }

  @Test
  void keys_areTheseAndNoOthers() {
    assertThat(Configuration.keys(ConsoleSettings.class))
        .extracting(Configuration.Key::name)
        .filteredOn(name -> name.startsWith("console."))
        .containsExactly(
            "console.host",
            "console.port",
            "console.idle-timeout",
            "console.secure-cookie",
            "console.push-interval",
            "console.refresh-interval",
            "console.health-interval",
            "console.login-attempts",
            "console.login-wait",
            "console.api-token",
            "console.api-timeout");
  }
}
