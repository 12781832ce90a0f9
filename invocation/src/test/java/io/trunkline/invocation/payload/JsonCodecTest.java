package io.trunkline.invocation.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.reflect.TypeToken;
import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.StreamPosition;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonCodecTest {
  enum State {
    NEW,
    PAID {
      @Override
      public String toString() {
        return "money is there";
      }
    }
  }

  record Line(String item, int quantity) {}

  record Page<T>(List<T> rows, @Nullable String next) {}

  record Node(String name, List<Node> children) {}

  @SuppressWarnings("ArrayRecordComponent") // arrays are what it tests
  record Everything(
      boolean yes,
      byte tiny,
      short small,
      int whole,
      long big,
      float fraction,
      double precise,
      char letter,
      String text,
      BigInteger huge,
      BigDecimal money,
      State state,
      Instant at,
      LocalDate day,
      LocalDateTime local,
      Duration lasting,
      ZoneId zone,
      DayOfWeek weekday,
      UUID id,
      URI link,
      byte[] bytes,
      int[] numbers,
      Optional<String> note,
      Set<String> tags,
      Map<State, Line> lines,
      @Name("created_by") String author,
      StreamPosition position) {}

  record Ratio(int of) {
    Ratio {
      if (of == 0) {
        throw new IllegalArgumentException("nothing can be divided by 0");
      }
      if (of < 0) {
        throw new IllegalStateException("a secret");
      }
    }
  }

  record Strict(String name) {
    Strict {
      Objects.requireNonNull(name);
    }
  }

  static class Base {
    int version = 1;
  }

  static class Plain extends Base {
    String name = "unnamed";
    @Nullable String note;

    @Name("number")
    int count = 5;

    transient String cache = "x";
  }

  private final JsonCodec codec = new JsonCodec();

  private MethodCodec of(Type result) {
    return codec.prepare(new MethodShape("get", List.of(), result)).orElseThrow();
  }

  private Object read(Type type, String json) {
    try {
      return Objects.requireNonNull(of(type).readResult(ByteString.copyFromUtf8(json)));
    } catch (PayloadException e) {
      throw new AssertionError(e);
    }
  }

  private String refusal(Type type, String json) {
    try {
      Object value = of(type).readResult(ByteString.copyFromUtf8(json));
      throw new AssertionError("was read as " + value);
    } catch (PayloadException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private String write(Type type, @Nullable Object value) {
    return of(type).writeResult(value).toStringUtf8();
  }

  private static final Everything EVERYTHING =
      new Everything(
          true,
          (byte) -1,
          (short) 2,
          3,
          Long.MAX_VALUE,
          1.5f,
          0.1,
          'ü',
          "a\"b<c>",
          new BigInteger("12345678901234567890123"),
          new BigDecimal("19.90"),
          State.PAID,
          Instant.parse("2026-01-31T12:00:00Z"),
          LocalDate.of(2026, 1, 31),
          LocalDateTime.of(2026, 1, 31, 12, 0),
          Duration.ofSeconds(90),
          ZoneId.of("Europe/Berlin"),
          DayOfWeek.FRIDAY,
          new UUID(1, 2),
          URI.create("http://127.0.0.1/x"),
          new byte[] {1, 2, (byte) 255},
          new int[] {1, 2},
          Optional.of("n"),
          Set.of("t"),
          Map.of(State.PAID, new Line("tea", 2)),
          "me",
          StreamPosition.newBuilder().setStream("user").setOffset(7).build());

  private static final String EVERYTHING_IN_JSON =
      """
      {"yes":true,"tiny":-1,"small":2,"whole":3,"big":9223372036854775807,"fraction":1.5,\
      "precise":0.1,"letter":"ü","text":"a\\"b<c>","huge":12345678901234567890123,"money":19.90,\
      "state":"PAID","at":"2026-01-31T12:00:00Z","day":"2026-01-31","local":"2026-01-31T12:00",\
      "lasting":"PT1M30S","zone":"Europe/Berlin","weekday":"FRIDAY",\
      "id":"00000000-0000-0001-0000-000000000002","link":"http://127.0.0.1/x","bytes":"AQL/",\
      "numbers":[1,2],"note":"n","tags":["t"],"lines":{"PAID":{"item":"tea","quantity":2}},\
      "created_by":"me","position":{"stream":"user","offset":"7"}}""";

  @Test
  void eachType_hasItsJson() {
    assertThat(write(Everything.class, EVERYTHING)).isEqualTo(EVERYTHING_IN_JSON);
    assertThat(read(Everything.class, EVERYTHING_IN_JSON))
        .usingRecursiveComparison()
        .isEqualTo(EVERYTHING);
  }

  @Test
  void genericRecords_knowWhatTheyHold() {
    Type page = new TypeToken<Page<Line>>() {}.getType();
    Page<Line> lines = new Page<>(List.of(new Line("tea", 1)), null);
    assertThat(write(page, lines)).isEqualTo("{\"rows\":[{\"item\":\"tea\",\"quantity\":1}]}");
    assertThat(read(page, write(page, lines))).isEqualTo(lines);
  }

  @Test
  void recordsMayHoldTheirOwnKind_butNotThemselves() {
    Node tree = new Node("a", List.of(new Node("b", List.of())));
    assertThat(read(Node.class, write(Node.class, tree))).isEqualTo(tree);
    List<Node> children = new ArrayList<>();
    Node endless = new Node("a", children);
    children.add(endless);
    assertThatThrownBy(() -> write(Node.class, endless))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds itself");
  }

  @Test
  void whatIsMissing_isNull_orEmpty_unlessItCannotBe() {
    assertThat(read(Line.class, "{\"quantity\":1}"))
        .extracting(line -> ((Line) line).item())
        .isNull();
    assertThat(refusal(Line.class, "{\"item\":\"tea\"}")).isEqualTo("'quantity' is missing");
    Type lines = new TypeToken<Page<Line>>() {}.getType();
    assertThat(refusal(lines, "{\"rows\":[{\"quantity\":1},{\"item\":\"x\"}]}"))
        .isEqualTo("'rows[1].quantity' is missing");
  }

  @Test
  void wrongValue_isNamedByItsPlace() {
    Type lines = new TypeToken<Page<Line>>() {}.getType();
    assertThat(refusal(lines, "{\"rows\":[{\"item\":\"x\",\"quantity\":\"many\"}]}"))
        .isEqualTo("'rows[0].quantity' must be a whole number of 32 bits");
    assertThat(refusal(lines, "{\"rows\":[[]]}")).isEqualTo("'rows[0]' must be an object");
    assertThat(refusal(lines, "{\"rows\":7}")).contains("'rows'");
    assertThat(refusal(Instant.class, "\"yesterday\"")).contains("2026-01-31T12:00:00Z");
    assertThat(refusal(State.class, "\"OLD\"")).isEqualTo("the payload must be one of NEW, PAID");
    assertThat(refusal(byte[].class, "\"***\"")).contains("base64");
    assertThat(refusal(boolean.class, "\"yes\"")).contains("true or false");
    assertThat(refusal(int[].class, "[1,null]")).isNotBlank();
    assertThat(refusal(BigDecimal.class, "1e1000000000")).isNotBlank();
    assertThat(refusal(int.class, "null")).contains("null");
  }

  @Test
  void constructorsMayRefuse_theirBugsAreNotTheCallers() {
    assertThat(refusal(Ratio.class, "{\"of\":0}")).contains("nothing can be divided by 0");
    assertThat(refusal(Strict.class, "{}")).contains("missing");
    assertThatThrownBy(() -> of(Ratio.class).readResult(ByteString.copyFromUtf8("{\"of\":-1}")))
        .isInstanceOf(RuntimeException.class)
        .hasRootCauseMessage("a secret");
  }

  @Test
  void classes_keepTheirDefaults() {
    Plain plain = (Plain) read(Plain.class, "{\"name\":\"n\",\"cache\":\"y\"}");
    assertThat(plain.name).isEqualTo("n");
    assertThat(plain.count).isEqualTo(5);
    assertThat(plain.cache).isEqualTo("x");
    assertThat(write(Plain.class, plain)).isEqualTo("{\"version\":1,\"name\":\"n\",\"number\":5}");
    assertThat(refusal(Plain.class, "{\"number\":null}")).isEqualTo("'number' must not be null");
  }

  @Test
  void nothing_isNull() throws PayloadException {
    assertThat(write(Line.class, null)).isEqualTo("null");
    assertThat(of(Line.class).readResult(ByteString.EMPTY)).isNull();
    assertThat(write(new TypeToken<Optional<Line>>() {}.getType(), Optional.empty()))
        .isEqualTo("null");
    assertThat(read(new TypeToken<Optional<Line>>() {}.getType(), "null"))
        .isEqualTo(Optional.empty());
  }

  @Test
  void protobufMessages_haveTheirOwnMapping_unknownFieldsIgnored() {
    assertThat(write(Limits.class, Limits.newBuilder().setMaxFrameBytes(7).build()))
        .isEqualTo("{\"maxFrameBytes\":7}");
    assertThat(read(Limits.class, "{\"max_frame_bytes\":7,\"other\":1}"))
        .isEqualTo(Limits.newBuilder().setMaxFrameBytes(7).build());
  }

  @Test
  void aTypeNameInTheJson_isOnlyAString() {
    Object value = read(Object.class, "{\"@class\":\"java.io.File\",\"class\":\"x\"}");
    assertThat(value).isInstanceOf(Map.class);
  }
}
