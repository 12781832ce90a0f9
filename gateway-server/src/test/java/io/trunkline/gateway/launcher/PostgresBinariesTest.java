package io.trunkline.gateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {
  @TempDir private Path folder;

  private Path unpacked(String name) throws IOException {
    Path home = folder.resolve(name);
    Path program = Files.createDirectories(home.resolve("bin")).resolve("postgres");
    Files.writeString(program, name);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return home;
  }

  @Test
  void anotherProcessWasAsQuick_itsCopyIsUsed_andOnesOwnIsGone() throws Exception {
    Path mine = unpacked("postgres-1");
    Path home = unpacked("postgres");

    PostgresBinaries.putInPlace(mine, home);

    assertThat(home.resolve("bin/postgres")).hasContent("postgres");
    assertThat(mine).doesNotExist();
  }

  @Test
  void somethingElseIsThere_isAnError() throws Exception {
    Path mine = unpacked("postgres-1");
    Path home = folder.resolve("postgres");
    Files.createFile(Files.createDirectories(home).resolve("notes"));

    assertThatThrownBy(() -> PostgresBinaries.putInPlace(mine, home))
        .isInstanceOf(FileSystemException.class);
    assertThat(home.resolve("notes")).exists();
  }
}
