package io.trunkline.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NameCacheTest {
  private final NameCache names = new NameCache();

  private @Nullable String text(byte[] bytes) {
    byte[] within = new byte[bytes.length + 2];
    System.arraycopy(bytes, 0, within, 1, bytes.length);
    return names.text(within, 1, bytes.length);
  }

  @Test
  void knownName_isNotMadeAgain() {
    for (int length = 1; length <= NameCache.MAX_BYTES; length++) {
      byte[] name = "n".repeat(length).getBytes(US_ASCII);
      String first = text(name);
      assertThat(first).isEqualTo("n".repeat(length));
      assertThat(text(name)).isSameAs(first);
    }
  }

  @Test
  void longName_isRead_andNotKept() {
    byte[] name = "n".repeat(NameCache.MAX_BYTES + 1).getBytes(US_ASCII);
    assertThat(text(name)).isEqualTo("n".repeat(NameCache.MAX_BYTES + 1)).isNotSameAs(text(name));
  }

  @Test
  void whatIsNotAscii_isLeftToOthers() {
    assertThat(text("grüße".getBytes(UTF_8))).isNull();
    assertThat(text("ü".repeat(NameCache.MAX_BYTES).getBytes(UTF_8))).isNull();
    assertThat(text(new byte[] {(byte) 0x80})).isNull();
  }

  @Test
  void anyNumberOfNames_areReadAsTheyAre_whoeverHadTheirPlace() {
    var random = new Random(20261121);
    for (int i = 0; i < 20_000; i++) {
      byte[] name = new byte[random.nextInt(40)];
      for (int at = 0; at < name.length; at++) {
        name[at] = (byte) ('a' + random.nextInt(3));
      }
      assertThat(text(name)).isEqualTo(new String(name, US_ASCII));
    }
  }
}
