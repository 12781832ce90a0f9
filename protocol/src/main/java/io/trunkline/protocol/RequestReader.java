package io.trunkline.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usual Request, the most frequent frame of all, straight out of the buffer: names that
 * were seen before are not decoded again. Whatever is unusual in a frame (headers, fields of a
 * later version, other alphabets, damage) is left to protobuf's own parser, which then has the last
 * word. For one frame, on one thread.
 */
final class RequestReader {
  static final byte FRAME_REQUEST = tag(Frame.REQUEST_FIELD_NUMBER, true);

  private static final byte SEQ = tag(Request.SEQ_FIELD_NUMBER, false);
  private static final byte SERVICE = tag(Request.SERVICE_FIELD_NUMBER, true);
  private static final byte METHOD = tag(Request.METHOD_FIELD_NUMBER, true);
  private static final byte PAYLOAD = tag(Request.PAYLOAD_FIELD_NUMBER, true);
  private static final byte CONTENT_TYPE = tag(Request.CONTENT_TYPE_FIELD_NUMBER, true);
  private static final byte DEADLINE_MS = tag(Request.DEADLINE_MS_FIELD_NUMBER, false);
  private static final byte ONE_WAY = tag(Request.ONE_WAY_FIELD_NUMBER, false);

  private static final int MAX_VARINT_BYTES = 10;
  private static final int MAX_NAME_BYTES = 64;

  /**
   * ASCII names that were read last, by their hash. Threads share it without a lock: a string does
   * not change, and whoever misses one that another has just put there only makes it again.
   */
  private static final @Nullable String[] NAMES = new String[512];

  private final ByteBuf in;
  private final int end;
  private int at;
  private boolean unusual;

  private RequestReader(ByteBuf in, int start, int end) {
    this.in = in;
    this.at = start;
    this.end = end;
  }

  private static byte tag(int field, boolean lengthDelimited) {
    int type = lengthDelimited ? WireFormat.WIRETYPE_LENGTH_DELIMITED : WireFormat.WIRETYPE_VARINT;
    return (byte) ((field << 3) | type);
  }

  /**
   * Reads a frame of so many bytes; does not move the reader index.
   *
   * @return null: it is for the general parser
   */
  static @Nullable Frame read(ByteBuf in, int bytes) {
    int start = in.readerIndex();
    return new RequestReader(in, start, start + bytes).frame();
  }

  private @Nullable Frame frame() {
    if (at >= end || in.getByte(at++) != FRAME_REQUEST || length() != end - at || unusual) {
      return null;
    }
    Request.Builder request = Request.newBuilder();
    while (at < end && !unusual) {
      byte tag = in.getByte(at++);
      if (tag == SEQ) {
        request.setSeq(varint());
      } else if (tag == SERVICE) {
        request.setService(name());
      } else if (tag == METHOD) {
        request.setMethod(name());
      } else if (tag == PAYLOAD) {
        request.setPayload(payload());
      } else if (tag == CONTENT_TYPE) {
        request.setContentType(name());
      } else if (tag == DEADLINE_MS) {
        request.setDeadlineMs((int) varint());
      } else if (tag == ONE_WAY) {
        request.setOneWay(varint() != 0);
      } else {
        unusual = true;
      }
    }
    return unusual ? null : Frame.newBuilder().setRequest(request).build();
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES && at < end; i++) {
      byte next = in.getByte(at++);
      value |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    unusual = true;
    return 0;
  }

  /** Of what follows and is here as a whole; else it is unusual, and 0. */
  private int length() {
    long length = varint();
    if (length < 0 || length > end - at) {
      unusual = true;
      return 0;
    }
    return (int) length;
  }

  private ByteString payload() {
    int length = length();
    if (length == 0) {
      return ByteString.EMPTY;
    }
    byte[] bytes = new byte[length];
    in.getBytes(at, bytes);
    at += length;
    return UnsafeByteOperations.unsafeWrap(bytes); // nobody else has the array
  }

  private String name() {
    int length = length();
    if (length > MAX_NAME_BYTES) {
      unusual = true;
    }
    if (unusual || length == 0) {
      return "";
    }
    int hash = 0;
    for (int i = 0; i < length; i++) {
      byte next = in.getByte(at + i);
      unusual |= next < 0; // not ASCII
      hash = 31 * hash + next;
    }
    int slot = (hash ^ (hash >>> 15)) & (NAMES.length - 1);
    String name = NAMES[slot];
    if (name == null || !isNext(name, length)) {
      name = in.toString(at, length, StandardCharsets.US_ASCII);
      if (!unusual) {
        NAMES[slot] = name;
      }
    }
    at += length;
    return name;
  }

  private boolean isNext(String name, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (in.getByte(at + i) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
