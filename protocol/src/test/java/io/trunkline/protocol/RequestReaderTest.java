package io.trunkline.protocol;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It reads what protobuf's own parser reads, or leaves it to that. */
class RequestReaderTest {
  private static final int ROUNDS = 100_000;
  private static final String[] TEXTS = {
    "", "echo", "orders", "get(long)", "grüße", "x".repeat(128), "y".repeat(129), "application/json"
  };

  private final RequestReader reader = new RequestReader();

  /** Within an array that holds something else before and behind. */
  private @Nullable RequestFrame read(byte[] frame) {
    byte[] within = new byte[frame.length + 20];
    Arrays.fill(within, (byte) 0x0A);
    System.arraycopy(frame, 0, within, 10, frame.length);
    return reader.read(within, 10, frame.length);
  }

  private static byte[] bytes(Request.Builder request) {
    return Frame.newBuilder().setRequest(request).build().toByteArray();
  }

  /** Of a Request that is written by hand. */
  private static byte[] frameOf(byte[] request) {
    byte[] frame = new byte[CodedOutputStream.computeByteArraySize(1, request)];
    try {
      CodedOutputStream.newInstance(frame).writeByteArray(1, request);
      return frame;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void usualRequest_isRead_andItsNamesAreNotMadeAgain() {
    byte[] frame =
        bytes(
            Request.newBuilder()
                .setSeq(300)
                .setService("orders")
                .setMethod("get")
                .setPayload(ByteString.copyFromUtf8("{}"))
                .setContentType("application/json")
                .setDeadlineMs(-1)
                .setOneWay(true)
                .putHeaders("traceparent", "00-1")
                .putHeaders("empty", ""));

    RequestFrame first = requireNonNull(read(frame));
    RequestFrame second = requireNonNull(read(frame));

    assertThat(first)
        .isEqualTo(
            new RequestFrame(
                300,
                "orders",
                "get",
                ByteString.copyFromUtf8("{}"),
                "application/json",
                -1,
                true,
                Map.of("traceparent", "00-1", "empty", "")));
    assertThat(second).isEqualTo(first);
    assertThat(second.service()).isSameAs(first.service());
    assertThat(second.contentType()).isSameAs(first.contentType());
  }

  @Test
  void payload_isAnotherThanTheArray() {
    byte[] frame = bytes(Request.newBuilder().setPayload(ByteString.copyFromUtf8("abc")));
    RequestFrame request = requireNonNull(reader.read(frame, 0, frame.length));
    Arrays.fill(frame, (byte) 'x');
    assertThat(request.payload().toStringUtf8()).isEqualTo("abc");
  }

  @Test
  void headers_cannotBeChanged() {
    RequestFrame request =
        requireNonNull(read(bytes(Request.newBuilder().putHeaders("name", "value"))));
    assertThat(request.headers()).isUnmodifiable().containsOnly(Map.entry("name", "value"));
    assertThat(requireNonNull(read(bytes(Request.newBuilder()))).headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"seq", "service", "payload", "header"})
  void repeatedField_isReadAsProtobufDoes(String field) throws IOException {
    Request.Builder one = Request.newBuilder().setService("first").setMethod("m");
    Request.Builder other = Request.newBuilder();
    switch (field) {
      case "seq" -> other.setSeq(9);
      case "service" -> other.setService("second");
      case "payload" -> other.setPayload(ByteString.copyFromUtf8("p"));
      default -> other.putHeaders("k", "2");
    }
    var both = new ByteArrayOutputStream();
    one.setSeq(7).putHeaders("k", "1").build().writeTo(both);
    other.build().writeTo(both);
    readsTheSame(frameOf(both.toByteArray()), 0);
  }

  @Test
  void unusualRequests_areLeftToProtobuf() {
    Request usual = Request.newBuilder().setSeq(1).setService("s").build();
    byte[] frame = bytes(usual.toBuilder());
    byte[] laterField =
        bytes(
            usual.toBuilder()
                .setUnknownFields(
                    UnknownFieldSet.newBuilder()
                        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build()));
    for (byte[] unusual :
        new byte[][] {
          {},
          laterField,
          bytes(usual.toBuilder().setMethod("grüße")),
          bytes(usual.toBuilder().putHeaders("name", "grüße")),
          bytes(usual.toBuilder().setSeq(-1)),
          ByteString.copyFrom(frame).concat(ByteString.copyFrom(frame)).toByteArray(), // merged
          frameOf(new byte[] {0x0A, 0x00}), // seq with another wire type
          frameOf(new byte[] {0x12, 0x01, (byte) 0xFF}), // not UTF-8
          frameOf(new byte[] {0x42, 0x00}), // a header without key and value
          frameOf(new byte[] {0x42, 0x04, 0x12, 0x00, 0x0A, 0x00}), // value before key
          frameOf(new byte[] {0x42, 0x02, 0x0A, 0x04, 0x12, 0x00}), // key longer than its entry
        }) {
      assertThat(read(unusual)).isNull();
      readsTheSame(unusual, 0);
    }
  }

  @Test
  void anyRequest_isReadAsProtobufReadsIt() {
    long seed = new SplittableRandom().nextLong();
    var random = new SplittableRandom(seed);
    int read = 0;
    for (int i = 0; i < ROUNDS / 10; i++) {
      byte[] frame = bytes(request(random));
      readsTheSame(frame, seed);
      read += read(frame) == null ? 0 : 1;
    }
    assertThat(read).as("without protobuf, seed %d", seed).isGreaterThan(ROUNDS / 50);
  }

  @Test
  void damagedFrame_isReadOrRefusedAsProtobufDoes() {
    long seed = new SplittableRandom().nextLong();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] frame = bytes(request(random));
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        frame[random.nextInt(frame.length)] = odd(random);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(frame.length + 1) : frame.length;
      readsTheSame(Arrays.copyOf(frame, length), seed);
    }
  }

  @Test
  void requestOfRandomFields_isReadOrRefusedAsProtobufDoes() {
    long seed = new SplittableRandom().nextLong();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] request = new byte[random.nextInt(24)];
      for (int at = 0; at < request.length; at++) {
        request[at] = odd(random);
      }
      readsTheSame(frameOf(request), seed);
    }
  }

  /** Tags of fields, small numbers, bytes that go on, or anything. */
  private static byte odd(SplittableRandom random) {
    return (byte)
        switch (random.nextInt(4)) {
          case 0 -> (random.nextInt(10) << 3) | random.nextInt(6);
          case 1 -> random.nextInt(6);
          case 2 -> 0x80 | random.nextInt(3);
          default -> random.nextInt(256);
        };
  }

  private static Request.Builder request(SplittableRandom random) {
    Request.Builder request =
        Request.newBuilder()
            .setService(text(random))
            .setMethod(text(random))
            .setContentType(text(random))
            .setSeq(random.nextLong() >>> random.nextInt(64))
            .setOneWay(random.nextInt(4) == 0);
    if (random.nextBoolean()) {
      request.setDeadlineMs(random.nextInt() >>> random.nextInt(32));
    }
    if (random.nextInt(4) > 0) {
      byte[] payload = new byte[random.nextInt(300)];
      random.nextBytes(payload);
      request.setPayload(ByteString.copyFrom(payload));
    }
    for (int headers = random.nextInt(6) - 3; headers > 0; headers--) {
      request.putHeaders(text(random), text(random));
    }
    return request;
  }

  private static String text(SplittableRandom random) {
    // The odd ones are few, so that most requests are usual.
    return TEXTS[random.nextInt(8) == 0 ? random.nextInt(TEXTS.length) : random.nextInt(4)];
  }

  private static Optional<Object> byProtobuf(byte[] frame) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(frame);
      in.setRecursionLimit(8);
      return Optional.of(RequestFrame.unwrap(Frame.parseFrom(in)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void readsTheSame(byte[] frame, long seed) {
    RequestFrame read = read(frame);
    if (read != null) {
      assertThat(Optional.of(read)).as("seed %d", seed).isEqualTo(byProtobuf(frame));
    }
  }
}
