package io.trunkline.invocation.payload;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Named values as a JSON object, or in their order as an array. Thread-safe. */
final class Fields {

  /** In place of a value that was not there. */
  static final Object ABSENT = new Object();

  /**
   * One.
   *
   * @param primitive it must be there, and not be null
   * @param absent its value when it is not there
   */
  record Field(
      String name,
      TypeAdapter<@Nullable Object> adapter,
      boolean primitive,
      @Nullable Object absent) {

    static Field of(String name, Class<?> type, TypeAdapter<@Nullable Object> adapter) {
      return new Field(
          name, adapter, type.isPrimitive(), type == Optional.class ? Optional.empty() : null);
    }
  }

  private final List<Field> fields;
  private final Map<String, Integer> byName = new HashMap<>();

  /**
   * Makes them.
   *
   * @throws IllegalArgumentException if two have one name
   */
  Fields(List<Field> fields) {
    this.fields = fields;
    for (int i = 0; i < fields.size(); i++) {
      if (byName.put(fields.get(i).name(), i) != null) {
        throw new IllegalArgumentException("two are named '" + fields.get(i).name() + "'");
      }
    }
  }

  Set<String> names() {
    return byName.keySet();
  }

  int size() {
    return fields.size();
  }

  /** The first, where there is one. */
  Field only() {
    return fields.get(0);
  }

  /** The values of an object; {@link #ABSENT} for what it does not name. Others are ignored. */
  @Nullable Object[] readPresent(JsonReader in) throws IOException {
    if (in.peek() != JsonToken.BEGIN_OBJECT) {
      throw Unreadable.next(in, "must be an object");
    }
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    Arrays.fill(values, ABSENT);
    in.beginObject();
    while (in.hasNext()) {
      Integer index = byName.get(in.nextName());
      if (index == null) {
        in.skipValue();
      } else if (!ABSENT.equals(values[index])) {
        throw Unreadable.next(in, "is there twice");
      } else {
        values[index] = read(in, fields.get(index));
      }
    }
    in.endObject();
    return values;
  }

  /** All values of an object. */
  @Nullable Object[] read(JsonReader in) throws IOException {
    @Nullable Object[] values = readPresent(in);
    for (int i = 0; i < values.length; i++) {
      if (ABSENT.equals(values[i])) {
        Field field = fields.get(i);
        if (field.primitive()) {
          throw Unreadable.within(in, field.name(), "is missing");
        }
        values[i] = field.absent();
      }
    }
    return values;
  }

  /** All values of an array. */
  @Nullable Object[] readInOrder(JsonReader in) throws IOException {
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    int count = 0;
    in.beginArray();
    while (in.hasNext()) {
      if (count < values.length) {
        values[count] = read(in, fields.get(count));
      } else {
        in.skipValue();
      }
      count++;
    }
    in.endArray();
    if (count != values.length) {
      throw Unreadable.last(
          in, "must have " + values.length + " elements, one for each argument, not " + count);
    }
    return values;
  }

  private static @Nullable Object read(JsonReader in, Field field) throws IOException {
    if (field.primitive() && in.peek() == JsonToken.NULL) {
      throw Unreadable.next(in, "must not be null");
    }
    return field.adapter().read(in);
  }

  /** Writes an object; what is null, or an empty Optional, is left out. */
  void write(JsonWriter out, @Nullable Object[] values) throws IOException {
    out.beginObject();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value != null && !(value instanceof Optional<?> optional && optional.isEmpty())) {
        out.name(fields.get(i).name());
        fields.get(i).adapter().write(out, value);
      }
    }
    out.endObject();
  }
}
