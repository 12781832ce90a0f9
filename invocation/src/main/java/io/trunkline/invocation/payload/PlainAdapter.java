package io.trunkline.invocation.payload;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers, truth values and strings: as Gson has them, but what is wrong is said in words. */
final class PlainAdapter<T> extends TypeAdapter<@Nullable T> {
  private static final String WHOLE = "must be a whole number";
  private static final String NUMBER = "must be a number";
  private static final String TRUTH = "must be true or false";
  private static final String CHARACTER = "must be a string of one character";
  private static final String TEXT = "must be a string";
  private static final Map<Class<?>, String> WANTED = new HashMap<>();

  static {
    WANTED.put(byte.class, WHOLE + " from -128 to 127");
    WANTED.put(Byte.class, WHOLE + " from -128 to 127");
    WANTED.put(short.class, WHOLE + " from -32768 to 32767");
    WANTED.put(Short.class, WHOLE + " from -32768 to 32767");
    WANTED.put(int.class, WHOLE + " of 32 bits");
    WANTED.put(Integer.class, WHOLE + " of 32 bits");
    WANTED.put(long.class, WHOLE);
    WANTED.put(Long.class, WHOLE);
    WANTED.put(BigInteger.class, WHOLE);
    WANTED.put(float.class, NUMBER);
    WANTED.put(Float.class, NUMBER);
    WANTED.put(double.class, NUMBER);
    WANTED.put(Double.class, NUMBER);
    WANTED.put(BigDecimal.class, NUMBER);
    WANTED.put(boolean.class, TRUTH);
    WANTED.put(Boolean.class, TRUTH);
    WANTED.put(char.class, CHARACTER);
    WANTED.put(Character.class, CHARACTER);
    WANTED.put(String.class, TEXT);
  }

  private final TypeAdapter<@Nullable T> gsons;
  private final String wanted;
  private final boolean truth;

  private PlainAdapter(TypeAdapter<@Nullable T> gsons, String wanted) {
    this.gsons = gsons;
    this.wanted = wanted;
    this.truth = wanted.equals(TRUTH);
  }

  static boolean takes(Class<?> type) {
    return WANTED.containsKey(type);
  }

  static <T> TypeAdapter<@Nullable T> of(Class<?> type, TypeAdapter<@Nullable T> gsons) {
    return new PlainAdapter<>(gsons, WANTED.getOrDefault(type, "is wrong"));
  }

  @Override
  public void write(JsonWriter out, @Nullable T value) throws IOException {
    gsons.write(out, value);
  }

  @Override
  public @Nullable T read(JsonReader in) throws IOException {
    // Gson takes any string for false.
    if (truth && in.peek() == JsonToken.STRING) {
      throw Unreadable.next(in, wanted);
    }
    try {
      return gsons.read(in);
    } catch (RuntimeException e) {
      throw Unreadable.next(in, wanted);
    }
  }
}
