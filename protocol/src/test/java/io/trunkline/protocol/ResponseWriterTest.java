package io.trunkline.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseWriterTest {
  private static final int START = 5;

  private final ResponseWriter writer = new ResponseWriter();

  private static byte[] byProtobuf(long seq, ByteString payload, String type) throws IOException {
    var out = new ByteArrayOutputStream();
    Frame.newBuilder()
        .setResponse(Response.newBuilder().setSeq(seq).setPayload(payload).setContentType(type))
        .build()
        .writeDelimitedTo(out);
    return out.toByteArray();
  }

  private byte[] written(long seq, ByteString payload, String type) {
    byte[] to = new byte[START + (int) ResponseWriter.roomFor(payload, type)];
    int end = writer.write(to, START, seq, payload, type);
    return Arrays.copyOfRange(to, START, end);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16_384, 1L << 35, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void response_isWrittenAsProtobufWritesIt(long seq) throws IOException {
    for (int payloadBytes : new int[] {0, 1, 127, 128, 20_000}) {
      byte[] bytes = new byte[payloadBytes];
      Arrays.fill(bytes, (byte) 0x5a);
      ByteString payload = ByteString.copyFrom(bytes);
      for (String type : new String[] {"", "text/plain", "grüße/😀", "x".repeat(200)}) {
        assertThat(written(seq, payload, type)).isEqualTo(byProtobuf(seq, payload, type));
      }
    }
  }

  /** More than there are places for, so that they take each other's. */
  @Test
  void anyNumberOfMediaTypes_areWrittenAsTheyAre() throws IOException {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 200; i++) {
        String type = "application/vnd." + i;
        assertThat(written(1, ByteString.EMPTY, type))
            .isEqualTo(byProtobuf(1, ByteString.EMPTY, type));
      }
    }
  }
}
