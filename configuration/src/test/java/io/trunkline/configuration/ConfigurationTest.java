package io.trunkline.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  enum Mode {
    FAST,
    VERY_SAFE
  }

  record Port(
      @Setting(value = "80", min = "1", max = "100", doc = "A port.") int number,
      @Setting(value = "10s", min = "1s", max = "1m", doc = "A time.") Duration readTimeout,
      @Setting(value = "1KiB", doc = "A size.") Size buffer,
      @Setting(value = "fast", doc = "A mode.") Mode mode,
      @Setting(doc = "A name, perhaps.") Optional<String> name,
      @Setting(doc = "Words.") List<String> words) {}

  record Login(@Setting(secret = true, max = "zz", doc = "A password.") String password) {}

  record Root(Port port, Login login) {}

  private static Configuration given(String... keyValues) {
    return new Configuration().set("login.password", "x", "test").arguments(List.of(keyValues));
  }

  private static Port bound(String... keyValues) {
    return given(keyValues).bind(Root.class).port();
  }

  @Test
  void nothingGiven_defaults() {
    assertThat(bound())
        .isEqualTo(
            new Port(
                80,
                Duration.ofSeconds(10),
                new Size(1024),
                Mode.FAST,
                Optional.empty(),
                List.of()));
  }

  @Test
  void part_isBoundByItself_andTheRestWithoutIt() {
    record OnlyPort(Port port) {}
    record OnlyLogin(Login login) {}
    Configuration all = given("port.number=7").environment(Map.of("TRUNKLINE_PORT_NAME", "env"));

    Configuration part = all.part("port.");

    Port port = part.bind(OnlyPort.class).port();
    assertThat(port.number()).isEqualTo(7);
    assertThat(port.name()).contains("env");
    assertThat(all.bind(OnlyLogin.class).login().password()).isEqualTo("x");
    assertThat(all.isGiven("port.number")).isFalse();
  }

  @Test
  void given_isParsedByType() {
    assertThat(
            bound(
                "port.number=7",
                "port.read-timeout=1500ms",
                "port.buffer=3MiB",
                "port.mode=very-safe",
                "port.name=n",
                "port.words=a, b"))
        .isEqualTo(
            new Port(
                7,
                Duration.ofMillis(1500),
                new Size(3 << 20),
                Mode.VERY_SAFE,
                Optional.of("n"),
                List.of("a", "b")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port.nmber=1        | unknown setting 'port.nmber' (--set); did you mean 'port.number'?",
        "bad.key=1           | unknown setting 'bad.key' (--set); see ./trunkline run --help-settings",
        "port.number=0       | setting 'port.number' = '0' (--set): the least is 1",
        "port.number=101     | setting 'port.number' = '101' (--set): the most is 100",
        "port.number=many    | setting 'port.number' = 'many' (--set): not a whole number",
        "port.read-timeout=5 | not a duration such as",
        "port.read-timeout=2m| the most is 1m",
        "port.buffer=5kb     | not a size such as",
        "port.mode=slow      | not one of fast, very-safe",
      })
  void wrong_isOneLineThatNamesIt(String keyValue, String message) {
    assertThatThrownBy(() -> bound(keyValue.strip()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void missing_namesTheKey() {
    assertThatThrownBy(() -> new Configuration().bind(Root.class))
        .hasMessage("setting 'login.password' must be given: A password.");
  }

  @Test
  void secret_isNeverShown() {
    assertThatThrownBy(() -> given("login.password=zzz-hidden").bind(Root.class))
        .hasMessageContaining("(secret)")
        .hasMessageNotContaining("hidden");
    assertThat(given().shown(Root.class)).containsEntry("login.password", "(secret)");
  }

  @Test
  void commandLine_winsOverEnvironment_winsOverFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("settings");
    Files.writeString(file, "port.number = 1\nport.name = file\nport.mode = fast\n");
    Port port =
        given("port.number=3")
            .file(file)
            .arguments(List.of("port.number=3"))
            .environment(Map.of("TRUNKLINE_PORT_NUMBER", "2", "TRUNKLINE_PORT_NAME", "environment"))
            .bind(Root.class)
            .port();
    assertThat(port.number()).isEqualTo(3);
    assertThat(port.name()).contains("environment");
  }

  @Test
  void extract_takesOutWhatAnotherProgramKnows() {
    Configuration configuration = given("console.port=1", "port.number=2");
    assertThat(configuration.extract("console.")).isEqualTo(Map.of("console.port", "1"));
    assertThat(configuration.bind(Root.class).port().number()).isEqualTo(2);
  }
}
