package io.trunkline.invocation.payload;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ReflectionAccessFilter;
import com.google.gson.ToNumberPolicy;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import java.lang.reflect.ParameterizedType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which types become what JSON. Gson does numbers, strings, lists, maps and what has no type; the
 * rest is ours. No class is ever chosen by a name in the JSON.
 */
final class JsonAdapters implements TypeAdapterFactory {

  static Gson gson() {
    return new GsonBuilder()
        .registerTypeAdapterFactory(new JsonAdapters())
        .addReflectionAccessFilter(ReflectionAccessFilter.BLOCK_ALL_JAVA)
        .disableJdkUnsafe()
        .disableHtmlEscaping()
        .serializeNulls() // elements and values of maps; fields that are null are left out
        .enableComplexMapKeySerialization() // keys as their adapter writes them
        .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
        .create();
  }

  @Override
  @SuppressWarnings("unchecked") // Each adapter is of the type it was made for.
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
    Class<?> raw = type.getRawType();
    if (PlainAdapter.takes(raw)) {
      return PlainAdapter.of(raw, gson.getDelegateAdapter(this, type));
    }
    return (TypeAdapter<T>) own(gson, type, raw);
  }

  private static @Nullable TypeAdapter<@Nullable Object> own(
      Gson gson, TypeToken<?> type, Class<?> raw) {
    // A constant with a body is of a class of its own.
    Class<?> parent = raw.getSuperclass();
    TypeAdapter<@Nullable Object> text =
        TextAdapter.of(parent != null && parent.isEnum() ? parent : raw);
    if (text != null) {
      return text;
    }
    if (raw == Optional.class && type.getType() instanceof ParameterizedType parameterized) {
      return new OptionalAdapter(
          StructAdapter.adapter(gson, parameterized.getActualTypeArguments()[0]));
    }
    if (ProtobufCodec.isMessage(raw)) {
      return new MessageAdapter(gson, raw);
    }
    return JsonTypes.isStruct(raw) ? StructAdapter.of(gson, type.getType()) : null;
  }
}
