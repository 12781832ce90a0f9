package io.trunkline.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the most frequent answer, a Response with status OK and no headers, without the objects of
 * protobuf, but byte for byte as protobuf would. For one thread.
 */
public final class ResponseWriter {
  private static final byte FRAME_RESPONSE = lengthDelimited(Frame.RESPONSE_FIELD_NUMBER);
  private static final byte SEQ =
      (byte) ((Response.SEQ_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_VARINT);
  private static final byte PAYLOAD = lengthDelimited(Response.PAYLOAD_FIELD_NUMBER);
  private static final byte CONTENT_TYPE = lengthDelimited(Response.CONTENT_TYPE_FIELD_NUMBER);

  /** Tags and lengths of all fields and of both messages, at most. */
  private static final long MOST_OVERHEAD = 64L;

  /** Of one char: what needs four is two of them. */
  private static final long MOST_UTF8_BYTES = 3L;

  /** There are few media types; each has one place, and a newer one takes it. */
  private static final int PLACES = 16;

  /** A name and its bytes, which nobody changes. */
  private static final class MediaType {
    final String text;
    final byte[] bytes;

    MediaType(String text, byte[] bytes) {
      this.text = text;
      this.bytes = bytes;
    }
  }

  private final @Nullable MediaType[] types = new @Nullable MediaType[PLACES];

  private static byte lengthDelimited(int field) {
    return (byte) ((field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  /** So many bytes are enough for this answer. */
  public static long roomFor(ByteString payload, String contentType) {
    return MOST_OVERHEAD + payload.size() + MOST_UTF8_BYTES * contentType.length();
  }

  /**
   * Writes the frame behind its length.
   *
   * @param to with {@link #roomFor} it behind {@code start}
   * @return where it ends
   */
  public int write(byte[] to, int start, long seq, ByteString payload, String contentType) {
    byte[] type = bytes(contentType);
    int response =
        (seq == 0 ? 0 : 1 + CodedOutputStream.computeUInt64SizeNoTag(seq))
            + field(payload.size())
            + field(type.length);
    int at =
        writeVarint(to, start, 1 + CodedOutputStream.computeUInt32SizeNoTag(response) + response);
    to[at++] = FRAME_RESPONSE;
    at = writeVarint(to, at, response);
    if (seq != 0) {
      to[at++] = SEQ;
      at = writeVarint(to, at, seq);
    }
    if (!payload.isEmpty()) {
      to[at++] = PAYLOAD;
      at = writeVarint(to, at, payload.size());
      payload.copyTo(to, at);
      at += payload.size();
    }
    if (type.length > 0) {
      to[at++] = CONTENT_TYPE;
      at = writeVarint(to, at, type.length);
      System.arraycopy(type, 0, to, at, type.length);
      at += type.length;
    }
    return at;
  }

  /** A field with its tag and length; an empty one is not written. */
  private static int field(int bytes) {
    return bytes == 0 ? 0 : 1 + CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
  }

  private static int writeVarint(byte[] to, int start, long value) {
    int at = start;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
  }

  private byte[] bytes(String contentType) {
    int place = contentType.hashCode() & (PLACES - 1);
    MediaType known = types[place];
    if (known != null && known.text.equals(contentType)) {
      return known.bytes;
    }
    byte[] bytes = contentType.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= NameCache.MAX_BYTES) {
      types[place] = new MediaType(contentType, bytes);
    }
    return bytes;
  }
}
