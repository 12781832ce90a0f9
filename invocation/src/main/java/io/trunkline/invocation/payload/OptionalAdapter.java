package io.trunkline.invocation.payload;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is empty is null in JSON. */
final class OptionalAdapter extends TypeAdapter<@Nullable Object> {
  private final TypeAdapter<@Nullable Object> content;

  OptionalAdapter(TypeAdapter<@Nullable Object> content) {
    this.content = content;
  }

  @Override
  public void write(JsonWriter out, @Nullable Object value) throws IOException {
    if (value instanceof Optional<?> optional && optional.isPresent()) {
      content.write(out, optional.get());
    } else {
      out.nullValue();
    }
  }

  @Override
  public Object read(JsonReader in) throws IOException {
    return Optional.ofNullable(content.read(in));
  }
}
