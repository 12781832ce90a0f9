package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.protocol.CloseAction;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.WireLimits;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What PROTOCOL.md states is what the code does. */
class ProtocolDocumentTest {
  private final String document = Files.readString(Path.of("..", "PROTOCOL.md"));

  ProtocolDocumentTest() throws IOException {}

  private List<MatchResult> find(String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(document).results().toList();
  }

  @Test
  void closeCodes_areTheEnum() {
    Map<Integer, String> documented =
        find("^\\| (\\d{4}) \\| (\\w+) \\|").stream()
            .collect(
                Collectors.toMap(
                    row -> Integer.parseInt(row.group(1)),
                    row -> row.group(2),
                    (a, b) -> a + " and " + b,
                    TreeMap::new));
    Map<Integer, String> defined =
        Arrays.stream(CloseCode.values())
            .filter(code -> code != CloseCode.UNRECOGNIZED)
            .filter(code -> code != CloseCode.CLOSE_CODE_UNSPECIFIED)
            .collect(
                Collectors.toMap(CloseCode::getNumber, CloseCode::name, (a, b) -> a, TreeMap::new));

    assertThat(documented).isEqualTo(defined);
  }

  @Test
  void ranges_areTheActions() {
    Map<Integer, CloseAction> documented = new TreeMap<>();
    for (MatchResult row : find("^\\| (\\d{4})-(\\d{4}) \\| [^|]+ \\| ([^|]+) \\|")) {
      int first = Integer.parseInt(row.group(1));
      assertThat(Integer.parseInt(row.group(2))).isEqualTo(first + 99);
      documented.put(first, action(row.group(3)));
    }

    assertThat(documented).hasSize(6);
    documented.forEach(
        (first, action) -> {
          assertThat(CloseAction.of(first)).as("%s", first).isEqualTo(action);
          assertThat(CloseAction.of(first + 99)).as("%s", first + 99).isEqualTo(action);
        });
  }

  private static CloseAction action(String words) {
    return switch (words) {
      case "connects again now, with jitter" -> CloseAction.RECONNECT_NOW;
      case "connects again later, with back-off" -> CloseAction.RECONNECT_LATER;
      case "connects elsewhere" -> CloseAction.RECONNECT_ELSEWHERE;
      case "connects again with others" -> CloseAction.NEW_CREDENTIALS;
      case "does not connect again unchanged", "does not connect again by itself" ->
          CloseAction.DO_NOT_RECONNECT;
      default -> throw new AssertionError("unknown words: " + words);
    };
  }

  @Test
  void pingExample_isWhatTheCodecWrites() {
    String hex = find("```\\n([0-9a-f ]+)\\n```").get(0).group(1).replace(" ", "");

    ByteBuf bytes =
        FrameCodec.encodeDelimited(
            UnpooledByteBufAllocator.DEFAULT,
            Frame.newBuilder().setPing(Ping.newBuilder().setNonce(42)).build());
    try {
      assertThat(hex).isEqualTo(ByteBufUtil.hexDump(bytes));
    } finally {
      bytes.release();
    }
  }

  @Test
  void limits_areTheConstants() {
    assertThat(document)
        .contains(String.format("%,d", WireLimits.DEFAULT_MAX_FRAME_BYTES) + " unless")
        .contains("at most " + WireLimits.MAX_HELLO_BYTES / 1024 + " KiB")
        .contains("at most " + WireLimits.MAX_NAME_BYTES + " bytes of UTF-8")
        .contains("at most " + WireLimits.MAX_LENGTH_PREFIX_BYTES + " bytes), then");
  }
}
