package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.payload.MethodCodec;
import io.trunkline.invocation.payload.MethodShape;
import io.trunkline.invocation.payload.PayloadCodec;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.invocation.payload.PayloadException;
import io.trunkline.protocol.v1.Status;
import java.io.StringReader;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A content type that a user adds. */
class OwnCodecTest {
  interface Shouting {
    String shout(@Param("text") String text);

    int length(@Param("text") String text);
  }

  interface Readers {
    StringReader read(StringReader text);
  }

  /** Plain text, for methods from String to String. */
  private record Text(Class<?> type) implements PayloadCodec, MethodCodec {
    @Override
    public String contentType() {
      return "text/x-plain";
    }

    @Override
    public Optional<MethodCodec> prepare(MethodShape method) {
      return Stream.concat(
                  Stream.of(method.result()),
                  method.arguments().stream().map(MethodShape.Argument::type))
              .allMatch(type::equals)
          ? Optional.of(this)
          : Optional.empty();
    }

    @Override
    public ByteString writeArguments(@Nullable Object[] arguments) {
      return writeResult(arguments[0]);
    }

    @Override
    public @Nullable Object[] readArguments(ByteString payload) throws PayloadException {
      if (payload.isEmpty()) {
        throw new PayloadException("say something");
      }
      return new @Nullable Object[] {readResult(payload)};
    }

    @Override
    public ByteString writeResult(@Nullable Object result) {
      return ByteString.copyFromUtf8(String.valueOf(result));
    }

    @Override
    public Object readResult(ByteString payload) {
      return type == String.class
          ? payload.toStringUtf8()
          : new StringReader(payload.toStringUtf8());
    }
  }

  private static final class Loud implements Shouting {
    @Override
    public String shout(String text) {
      return text + "!";
    }

    @Override
    public int length(String text) {
      return text.length();
    }
  }

  @Test
  void addedCodec_isPreferred_whereItTakesTheMethod() {
    PayloadCodecs codecs = PayloadCodecs.standard().with(new Text(String.class));
    try (Wire wire = new Wire().serve(Shouting.class, new Loud(), codecs)) {
      Shouting proxy = ServiceProxy.of(Shouting.class, wire, Duration.ofSeconds(10), codecs);
      assertThat(proxy.shout("hi")).isEqualTo("hi!");
      assertThat(Objects.requireNonNull(wire.sent.poll()).contentType()).isEqualTo("text/x-plain");
      assertThat(proxy.length("hi")).isEqualTo(2);
      assertThat(Objects.requireNonNull(wire.sent.poll()).contentType())
          .isEqualTo("application/json");

      assertThat(wire.json("Shouting", "shout", "{\"text\":\"hi\"}").text()).isEqualTo("\"hi!\"");
      assertThat(wire.call("Shouting", "shout", "hi", "Text/X-Plain; a=b").text()).isEqualTo("hi!");
      assertThat(wire.call("Shouting", "shout", "", "text/x-plain").status())
          .isEqualTo(Status.INVALID_ARGUMENT);
    }
  }

  @Test
  void addedCodec_carriesWhatJsonCannot() {
    PayloadCodecs codecs = PayloadCodecs.standard().with(new Text(StringReader.class));
    try (Wire wire = new Wire().serve(Readers.class, text -> text, codecs)) {
      assertThat(wire.call("Readers", "read", "x", "text/x-plain").status()).isEqualTo(Status.OK);
      assertThat(wire.json("Readers", "read", "{}").status()).isEqualTo(Status.INVALID_ARGUMENT);
    }
  }
}
