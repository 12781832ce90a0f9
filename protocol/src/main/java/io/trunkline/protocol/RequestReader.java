package io.trunkline.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.WireFormat;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests as clients usually write them. Whatever is unusual in a frame (fields of a later
 * version, other alphabets, numbers in more bytes than they need, damage) is left to protobuf's own
 * parser, so that its word is the last one about all that is odd or wrong. For one thread.
 */
final class RequestReader {
  private static final byte FRAME_REQUEST = lengthDelimited(Frame.REQUEST_FIELD_NUMBER);

  private static final int SEQ = varint(Request.SEQ_FIELD_NUMBER);
  private static final int SERVICE = lengthDelimited(Request.SERVICE_FIELD_NUMBER);
  private static final int METHOD = lengthDelimited(Request.METHOD_FIELD_NUMBER);
  private static final int PAYLOAD = lengthDelimited(Request.PAYLOAD_FIELD_NUMBER);
  private static final int CONTENT_TYPE = lengthDelimited(Request.CONTENT_TYPE_FIELD_NUMBER);
  private static final int DEADLINE_MS = varint(Request.DEADLINE_MS_FIELD_NUMBER);
  private static final int ONE_WAY = varint(Request.ONE_WAY_FIELD_NUMBER);
  private static final int HEADERS = lengthDelimited(Request.HEADERS_FIELD_NUMBER);

  // An entry of a map is a message with these two fields (protobuf's language guide, Maps).
  private static final byte KEY = lengthDelimited(1);
  private static final byte VALUE = lengthDelimited(2);

  /** So many bytes hold 63 bits; one more is unusual. */
  private static final int MAX_VARINT_BYTES = 9;

  private final NameCache names = new NameCache();
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private boolean unusual;

  private static byte lengthDelimited(int field) {
    return (byte) ((field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  private static byte varint(int field) {
    return (byte) ((field << 3) | WireFormat.WIRETYPE_VARINT);
  }

  /**
   * Reads a frame. Nothing of the array is kept.
   *
   * @return null: it is not a request, or not a usual one
   */
  @Nullable RequestFrame read(byte[] from, int start, int length) {
    bytes = from;
    at = start;
    end = start + length;
    unusual = false;
    if (length == 0 || bytes[at++] != FRAME_REQUEST || length() != end - at) {
      return null;
    }
    long seq = 0;
    String service = "";
    String method = "";
    ByteString payload = ByteString.EMPTY;
    String contentType = "";
    int deadlineMs = 0;
    boolean oneWay = false;
    Map<String, String> headers = Map.of();
    while (at < end && !unusual) {
      int tag = bytes[at++];
      if (tag == SEQ) {
        seq = varint();
      } else if (tag == SERVICE) {
        service = name();
      } else if (tag == METHOD) {
        method = name();
      } else if (tag == PAYLOAD) {
        payload = payload();
      } else if (tag == CONTENT_TYPE) {
        contentType = name();
      } else if (tag == DEADLINE_MS) {
        deadlineMs = (int) varint();
      } else if (tag == ONE_WAY) {
        oneWay = varint() != 0;
      } else if (tag == HEADERS) {
        headers = header(headers);
      } else {
        unusual = true;
      }
    }
    return unusual
        ? null
        : new RequestFrame(
            seq,
            service,
            method,
            payload,
            contentType,
            deadlineMs,
            oneWay,
            headers.isEmpty() ? headers : Collections.unmodifiableMap(headers));
  }

  private long varint() {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES && at < end; i++) {
      byte next = bytes[at++];
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
    if (length > end - at) {
      unusual = true;
      return 0;
    }
    return (int) length;
  }

  private ByteString payload() {
    int length = length();
    ByteString payload = ByteString.copyFrom(bytes, at, length);
    at += length;
    return payload;
  }

  private String name() {
    int length = length();
    return taken(names.text(bytes, at, length), length);
  }

  private String taken(@Nullable String text, int length) {
    at += length;
    if (text == null) {
      unusual = true;
      return "";
    }
    return text;
  }

  /** An entry with its key and then its value, as everybody writes it. */
  private Map<String, String> header(Map<String, String> headers) {
    int entry = length();
    int behind = at + entry;
    String key = entry > 0 && bytes[at++] == KEY ? name() : odd();
    String value = at < behind && bytes[at++] == VALUE ? value() : odd();
    unusual |= at != behind;
    if (unusual) {
      return headers;
    }
    Map<String, String> all = headers.isEmpty() ? new LinkedHashMap<>() : headers;
    all.put(key, value);
    return all;
  }

  private String odd() {
    unusual = true;
    return "";
  }

  /** Unlike names, values are seldom the same again. */
  private String value() {
    int length = length();
    return taken(NameCache.ascii(bytes, at, length), length);
  }
}
