package io.trunkline.invocation.payload;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.trunkline.invocation.payload.Fields.Field;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records, and classes with a constructor without arguments, as JSON objects. All reflection is
 * done when this is made; values go through method handles.
 */
final class StructAdapter extends TypeAdapter<@Nullable Object> {
  private static final MethodType GETTER = MethodType.methodType(Object.class, Object.class);
  private static final MethodType SETTER =
      MethodType.methodType(void.class, Object.class, Object.class);

  private final Class<?> type;
  private final Fields fields;
  private final MethodHandle[] getters;
  private final MethodHandle @Nullable [] setters; // null: a record
  private final MethodHandle constructor; // (Object[])Object or ()Object

  private StructAdapter(
      Class<?> type,
      Fields fields,
      MethodHandle[] getters,
      MethodHandle @Nullable [] setters,
      MethodHandle constructor) {
    this.type = type;
    this.fields = fields;
    this.getters = getters;
    this.setters = setters;
    this.constructor = constructor;
  }

  /**
   * Makes one.
   *
   * @throws IllegalArgumentException if the class is not open to this
   */
  static StructAdapter of(Gson gson, Type type) {
    Class<?> raw = TypeVariables.erase(type);
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(raw, MethodHandles.lookup());
      return raw.isRecord() ? ofRecord(gson, type, lookup) : ofClass(gson, type, lookup);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(raw.getName() + " cannot be reached: " + e, e);
    }
  }

  private static StructAdapter ofRecord(Gson gson, Type type, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    Class<?> raw = TypeVariables.erase(type);
    TypeVariables variables = TypeVariables.of(type);
    RecordComponent[] components = raw.getRecordComponents();
    List<Field> fields = new ArrayList<>();
    MethodHandle[] getters = new MethodHandle[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      types[i] = component.getType();
      getters[i] = lookup.unreflect(component.getAccessor()).asType(GETTER);
      fields.add(
          Field.of(
              name(component.getAnnotation(Name.class), component.getName()),
              types[i],
              adapter(gson, variables.resolve(component.getGenericType()))));
    }
    MethodHandle constructor =
        lookup
            .findConstructor(raw, MethodType.methodType(void.class, types))
            .asFixedArity()
            .asSpreader(Object[].class, types.length)
            .asType(MethodType.methodType(Object.class, Object[].class));
    return new StructAdapter(raw, named(raw, fields), getters, null, constructor);
  }

  private static StructAdapter ofClass(Gson gson, Type type, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    Class<?> raw = TypeVariables.erase(type);
    TypeVariables variables = TypeVariables.of(type);
    List<Field> fields = new ArrayList<>();
    List<MethodHandle> getters = new ArrayList<>();
    List<MethodHandle> setters = new ArrayList<>();
    for (java.lang.reflect.Field field : fieldsOf(raw)) {
      MethodHandles.Lookup owner =
          MethodHandles.privateLookupIn(field.getDeclaringClass(), MethodHandles.lookup());
      getters.add(owner.unreflectGetter(field).asType(GETTER));
      setters.add(owner.unreflectSetter(field).asType(SETTER));
      fields.add(
          Field.of(
              name(field.getAnnotation(Name.class), field.getName()),
              field.getType(),
              adapter(gson, variables.resolve(field.getGenericType()))));
    }
    return new StructAdapter(
        raw,
        named(raw, fields),
        getters.toArray(MethodHandle[]::new),
        setters.toArray(MethodHandle[]::new),
        lookup
            .findConstructor(raw, MethodType.methodType(void.class))
            .asType(MethodType.methodType(Object.class)));
  }

  /** Those of its parents first. */
  static List<java.lang.reflect.Field> fieldsOf(Class<?> type) {
    Deque<Class<?>> family = new ArrayDeque<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      family.push(c);
    }
    List<java.lang.reflect.Field> fields = new ArrayList<>();
    for (Class<?> member : family) {
      for (java.lang.reflect.Field field : member.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (!Modifier.isStatic(modifiers)
            && !Modifier.isTransient(modifiers)
            && !field.isSynthetic()) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  private static Fields named(Class<?> type, List<Field> fields) {
    try {
      return new Fields(fields);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("in " + type.getName() + " " + e.getMessage(), e);
    }
  }

  private static String name(@Nullable Name given, String otherwise) {
    return given == null ? otherwise : given.value();
  }

  @SuppressWarnings("unchecked") // The adapter takes what the field holds.
  static TypeAdapter<@Nullable Object> adapter(Gson gson, Type type) {
    return (TypeAdapter<@Nullable Object>) gson.getAdapter(TypeToken.get(type));
  }

  @Override
  public void write(JsonWriter out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.nullValue();
      return;
    }
    @Nullable Object[] values = new @Nullable Object[getters.length];
    try {
      for (int i = 0; i < getters.length; i++) {
        values[i] = (Object) getters[i].invokeExact(value);
      }
    } catch (Throwable e) {
      throw failed(e);
    }
    fields.write(out, values);
  }

  @Override
  public @Nullable Object read(JsonReader in) throws IOException {
    if (in.peek() == JsonToken.NULL) {
      in.nextNull();
      return null;
    }
    @Nullable Object[] values = setters == null ? fields.read(in) : fields.readPresent(in);
    try {
      return setters == null
          ? (Object) constructor.invokeExact(values)
          : set(setters, (Object) constructor.invokeExact(), values);
    } catch (IllegalArgumentException e) {
      // What a constructor refuses is bad input, in its own words.
      throw Unreadable.last(in, "is refused: " + e.getMessage());
    } catch (NullPointerException e) {
      throw Unreadable.last(in, "is refused: something in it is missing");
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static Object set(MethodHandle[] setters, Object made, @Nullable Object[] values)
      throws Throwable {
    for (int i = 0; i < values.length; i++) {
      if (!Fields.ABSENT.equals(values[i])) {
        setters[i].invokeExact(made, values[i]);
      }
    }
    return made;
  }

  private RuntimeException failed(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return new ConstructorFailed(type, e);
  }
}
