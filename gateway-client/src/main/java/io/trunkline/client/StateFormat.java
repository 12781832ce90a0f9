package io.trunkline.client;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A client's state as lines of ASCII: a head with the version, one line for each thing, and an end
 * with the checksum of all before it.
 */
final class StateFormat {
  private static final String HEAD = "trunkline-positions ";
  private static final String VERSION = "1";
  private static final String END = "end ";
  private static final int MAX_FILE_NAME = 200;

  /** The bytes are not what was written. */
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1;

    Damaged(String why) {
      super(why);
    }
  }

  private StateFormat() {}

  static String format(String client, SavedState state) {
    StringBuilder text = new StringBuilder(HEAD).append(VERSION).append('\n');
    text.append("client ").append(encode(client)).append('\n');
    if (!state.resumeToken().isEmpty()) {
      String token = Base64.getEncoder().encodeToString(state.resumeToken().toByteArray());
      text.append("resume ").append(token).append('\n');
    }
    for (Position position : state.positions()) {
      text.append("position ")
          .append(encode(position.stream()))
          .append(' ')
          .append(Long.toUnsignedString(position.epoch()))
          .append(' ')
          .append(position.offset())
          .append('\n');
    }
    state.seen().forEach(id -> text.append("seen ").append(encode(id)).append('\n'));
    return text + END + checksum(text.toString()) + "\n";
  }

  /**
   * @throws Damaged it is no state, or not whole
   * @throws IOException it is another client's, or of a newer version
   */
  static SavedState parse(String client, String text) throws IOException {
    int end = text.lastIndexOf(END);
    if (!text.startsWith(HEAD) || end < 1 || text.charAt(end - 1) != '\n') {
      throw new Damaged("no state, or not whole");
    }
    if (!text.substring(end).equals(END + checksum(text.substring(0, end)) + "\n")) {
      throw new Damaged("the checksum is wrong");
    }
    List<String> lines = text.substring(0, end).lines().toList();
    String version = lines.get(0).substring(HEAD.length());
    if (!version.equals(VERSION)) {
      throw new IOException("it is of version " + version + ", this program knows " + VERSION);
    }
    try {
      return state(client, lines.subList(1, lines.size()));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Damaged(String.valueOf(e.getMessage()));
    }
  }

  private static SavedState state(String client, List<String> lines) throws IOException {
    ByteString resumeToken = ByteString.EMPTY;
    List<Position> positions = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "client" -> {
          String owner = decode(words[1]);
          if (!owner.equals(client)) {
            throw new IOException("it is of " + owner + ", not of " + client);
          }
        }
        case "resume" -> resumeToken = ByteString.copyFrom(Base64.getDecoder().decode(words[1]));
        case "position" ->
            positions.add(
                new Position(
                    decode(words[1]), Long.parseUnsignedLong(words[2]), Long.parseLong(words[3])));
        case "seen" -> seen.add(decode(words[1]));
        default -> throw new Damaged("unknown: " + words[0]);
      }
    }
    return new SavedState(resumeToken, positions, seen);
  }

  /** One that every file system takes. */
  static String fileName(String client) {
    String name = client.replace("*", "%2A").replace("_", "%5F").replace('/', '_');
    return name.length() <= MAX_FILE_NAME
        ? name
        : name.substring(0, MAX_FILE_NAME) + "-" + checksum(client);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String checksum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", sum.getValue());
  }
}
