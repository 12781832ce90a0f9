package io.trunkline.invocation.payload;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Protobuf messages in protobuf's own JSON mapping. */
final class MessageAdapter extends TypeAdapter<@Nullable Object> {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
  private static final String WELL_KNOWN = "google.protobuf.";

  private final Message empty;
  private final TypeAdapter<JsonElement> elements;

  MessageAdapter(Gson gson, Class<?> type) {
    this.empty = ProtobufCodec.empty(type);
    this.elements = gson.getAdapter(JsonElement.class);
  }

  /** Whether its JSON is an object with its fields: a Timestamp's, for example, is a string. */
  static boolean isObject(Class<?> type) {
    return !ProtobufCodec.empty(type).getDescriptorForType().getFullName().startsWith(WELL_KNOWN);
  }

  @Override
  public void write(JsonWriter out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.nullValue();
    } else {
      out.jsonValue(PRINTER.print((Message) value));
    }
  }

  @Override
  public @Nullable Object read(JsonReader in) throws IOException {
    boolean isNull = in.peek() == JsonToken.NULL;
    JsonElement json = elements.read(in);
    if (isNull && !(empty instanceof Value)) {
      return null;
    }
    Message.Builder message = empty.newBuilderForType();
    try {
      PARSER.merge(json.toString(), message);
    } catch (InvalidProtocolBufferException e) {
      throw Unreadable.last(
          in,
          "is no "
              + empty.getDescriptorForType().getFullName()
              + ": "
              + (empty instanceof ListValue ? "a list is wanted" : e.getMessage()));
    }
    return message.build();
  }
}
