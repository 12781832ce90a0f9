package io.trunkline.gateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesExampleTest {
  @Test
  void dataFolder_hasARoutesFileWithExamples_andKeepsTheOneThatIsThere(@TempDir Path folder)
      throws Exception {
    try (DataFolder data = DataFolder.open(folder.resolve("data"))) {
      Path file = data.routes();
      assertThat(file).hasFileName("routes.properties").content().contains("#stock.backend = jms");
      Files.writeString(file, "stock.backend = jms\n");
      assertThat(data.routes()).isEqualTo(file).hasContent("stock.backend = jms\n");
    }
  }
}
