package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePositionStoreTest {
  private static final String CLIENT = "alice/d-1";
  private static final SavedState STATE =
      new SavedState(
          ByteString.copyFromUtf8("resume me"),
          List.of(new Position("user", -2, 17), new Position("topic:a b\n%", 3, Long.MAX_VALUE)),
          List.of("ID:1", "two words", "Grüße\nend 00000000", ""));

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("positions");
  }

  private FilePositionStore store() {
    return FilePositionStore.ofFile(file());
  }

  /** As a process of before left it. */
  private void saved(SavedState state) throws IOException {
    FilePositionStore before = store();
    before.load(CLIENT);
    before.save(CLIENT, state);
    before.release(CLIENT);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void noFile_isNoState() throws Exception {
    assertThat(store().load(CLIENT)).isEqualTo(SavedState.EMPTY);
  }

  @Test
  void anyState_comesBackAsItWas_readableByItsOwnerOnly() throws Exception {
    saved(STATE);

    assertThat(store().load(CLIENT)).isEqualTo(STATE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(names()).containsExactly("positions", "positions.lock");
  }

  @Test
  void truncatedFile_whereverItEnds_isPutAside() throws Exception {
    saved(STATE);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      FilePositionStore store = store();

      assertThat(store.load(CLIENT)).as("%s bytes", length).isEqualTo(SavedState.EMPTY);

      store.release(CLIENT);
      assertThat(Files.exists(file())).isFalse();
      assertThat(folder.resolve("positions.damaged-1")).exists();
      Files.delete(folder.resolve("positions.damaged-1"));
    }
  }

  @Test
  void flippedBits_areFound_andTheFileIsKeptBesideTheOthers() throws Exception {
    saved(STATE);
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(1);
    for (int i = 1; i <= 50; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), damaged);
      FilePositionStore store = store();
      assertThat(store.load(CLIENT)).isEqualTo(SavedState.EMPTY);
      store.release(CLIENT);
      assertThat(folder.resolve("positions.damaged-" + i)).hasBinaryContent(damaged);
    }
  }

  @Test
  void damagedFile_doesNotKeepTheClientFromSaving() throws Exception {
    Files.writeString(file(), "nonsense");
    FilePositionStore store = store();
    store.load(CLIENT);

    store.save(CLIENT, STATE);
    store.release(CLIENT);

    assertThat(store().load(CLIENT)).isEqualTo(STATE);
  }

  @Test
  void killedBetweenWriteAndRename_theOldStateStands() throws Exception {
    saved(STATE);
    Files.writeString(folder.resolve("positions.new"), "trunkline-positions 1\nclient al");

    FilePositionStore store = store();
    assertThat(store.load(CLIENT)).isEqualTo(STATE);
    assertThat(names()).doesNotContain("positions.new");
    store.save(CLIENT, SavedState.EMPTY);
    store.release(CLIENT);
    assertThat(store().load(CLIENT)).isEqualTo(SavedState.EMPTY);
  }

  @Test
  void otherClientsFile_andNewerVersion_areRefused_andLeftAlone() throws Exception {
    saved(STATE);
    assertThatThrownBy(() -> store().load("bob/d-1"))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot read positions from %s: it is of alice/d-1, not of bob/d-1", file());
    assertThat(store().load(CLIENT)).isEqualTo(STATE);

    String newer = "trunkline-positions 2\n";
    java.util.zip.CRC32 sum = new java.util.zip.CRC32();
    sum.update(newer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    Path other = folder.resolve("newer");
    Files.writeString(other, newer + String.format("end %08x%n", sum.getValue()));
    assertThatThrownBy(() -> FilePositionStore.ofFile(other).load(CLIENT))
        .hasMessageEndingWith("it is of version 2, this program knows 1");
    assertThat(other).exists();
  }

  @Test
  void secondClientOfThisProcess_isRefused_untilTheFirstLetsGo() throws Exception {
    FilePositionStore first = store();
    first.load(CLIENT);

    assertThatThrownBy(() -> store().load(CLIENT))
        .hasMessage("cannot keep positions in %s: another client of this process has it", file());
    assertThatThrownBy(() -> first.load(CLIENT)).hasMessageContaining("another client");
    assertThatThrownBy(() -> store().save(CLIENT, STATE)).hasMessageContaining("was not loaded");

    first.release(CLIENT);
    assertThat(store().load(CLIENT)).isEqualTo(SavedState.EMPTY);
  }

  @Test
  void folder_hasAFileForEachClient_howeverItIsNamed() throws Exception {
    FilePositionStore store = FilePositionStore.ofFolder(folder.resolve("a").resolve("b"));
    List<String> clients = List.of("a_b/c", "a/b_c", "%2E%2E/%2F", "*/x", "y".repeat(600) + "/z");
    for (String client : clients) {
      assertThat(store.load(client)).isEqualTo(SavedState.EMPTY);
      store.save(client, new SavedState(ByteString.EMPTY, List.of(), List.of(client)));
      assertThat(store.file(client).getParent()).isEqualTo(folder.resolve("a").resolve("b"));
    }

    for (String client : clients) {
      store.release(client);
      assertThat(store.load(client).seen()).containsExactly(client);
    }
  }

  @Test
  void folderThatCannotBeMade_saysWhatCannotBeDone() throws Exception {
    Path blocked = Files.writeString(folder.resolve("blocked"), "a file");

    assertThatThrownBy(() -> FilePositionStore.ofFile(blocked.resolve("x")).load(CLIENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot keep positions in " + blocked.resolve("x"));
  }

  /** A process that saves offset after offset and says which are saved. */
  static final class Saving {
    private Saving() {}

    public static void main(String[] args) throws IOException {
      FilePositionStore store = FilePositionStore.ofFile(Path.of(args[0]));
      SavedState loaded = store.load(CLIENT);
      long from = loaded.positions().stream().mapToLong(Position::offset).findAny().orElse(0);
      System.out.println(from);
      for (long offset = from + 1; ; offset++) {
        long last = offset;
        List<String> ids = IntStream.range(0, 2_000).mapToObj(i -> "m-" + (last - i)).toList();
        store.save(
            CLIENT,
            new SavedState(ByteString.EMPTY, List.of(new Position("user", 1, offset)), ids));
        System.out.println(offset);
      }
    }
  }

  @Test
  void killedProcess_leavesAWholeState_andNoLock() throws Exception {
    long acknowledged = 0;
    for (int i = 0; i < 3; i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Saving.class.getName(),
                  file().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader said = process.inputReader()) {
        long loaded = Long.parseLong(said.readLine());
        assertThat(loaded).isGreaterThanOrEqualTo(acknowledged);
        for (int line = 0; line < 20 + 7 * i; line++) {
          acknowledged = Long.parseLong(said.readLine());
        }
        assertThatThrownBy(() -> store().load(CLIENT))
            .hasMessage("cannot keep positions in %s: another process has it", file());
      } finally {
        process.destroyForcibly();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      }
      FilePositionStore store = store();
      SavedState state = store.load(CLIENT);
      store.release(CLIENT);
      long offset = state.positions().get(0).offset();
      assertThat(offset).isGreaterThanOrEqualTo(acknowledged);
      assertThat(state.seen()).hasSize(2_000).startsWith("m-" + offset);
    }
    assertThat(names()).noneMatch(name -> name.contains("damaged"));
  }
}
