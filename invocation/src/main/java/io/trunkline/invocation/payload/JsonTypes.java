package io.trunkline.invocation.payload;

import com.google.gson.JsonElement;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks when a service is bound, not when it is called, that types can be written and read as
 * JSON. Goes through everything that they hold.
 */
final class JsonTypes {
  private final Set<Type> seen = new HashSet<>();

  private JsonTypes() {}

  /**
   * Checks one.
   *
   * @param where it stands, in words
   * @throws IllegalArgumentException if it holds what cannot be written or read
   */
  static void check(Type type, String where) {
    new JsonTypes().visit(type, where);
  }

  /** Records and classes with fields. */
  static boolean isStruct(Class<?> type) {
    return type.isRecord()
        || !(type.isInterface()
            || type.isArray()
            || type.isPrimitive()
            || type.isEnum()
            || Modifier.isAbstract(type.getModifiers())
            || JsonElement.class.isAssignableFrom(type)
            || Collection.class.isAssignableFrom(type)
            || Map.class.isAssignableFrom(type)
            || ofPlatform(type));
  }

  /** Whether its JSON is always an object (or null), so that it can be a whole payload. */
  static boolean isObject(Type type) {
    Class<?> raw = TypeVariables.erase(type);
    if (ProtobufCodec.isMessage(raw)) {
      return MessageAdapter.isObject(raw);
    }
    return isStruct(raw) || Map.class.isAssignableFrom(raw);
  }

  private static boolean ofPlatform(Class<?> type) {
    return type.getName().startsWith("java.")
        || type.getName().startsWith("javax.")
        || type.getName().startsWith("jdk.");
  }

  private void visit(Type type, String where) {
    if (!seen.add(type)) {
      return;
    }
    if (type instanceof TypeVariable<?> variable) {
      throw refused(where, variable.getName() + " stands for no type that is known here");
    } else if (type instanceof GenericArrayType array) {
      visit(array.getGenericComponentType(), where);
    } else if (type instanceof ParameterizedType parameterized) {
      generic(parameterized, where);
    } else {
      plain((Class<?>) type, where);
    }
  }

  private void generic(ParameterizedType type, String where) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (raw == Optional.class || isListLike(raw)) {
      visit(arguments[0], where);
    } else if (isMapLike(raw)) {
      if (!(arguments[0] instanceof Class<?> key) || !canBeKey(key)) {
        throw refused(
            where,
            "keys of a map are strings, whole numbers, enums, UUIDs or times, not "
                + arguments[0].getTypeName());
      }
      visit(arguments[1], where);
    } else {
      struct(type, raw, where);
    }
  }

  private static boolean canBeKey(Class<?> type) {
    return type == String.class
        || type == Integer.class
        || type == Long.class
        || (TextAdapter.takes(type) && type != byte[].class);
  }

  private void plain(Class<?> type, String where) {
    if (PlainAdapter.takes(type)
        || TextAdapter.takes(type)
        || type == Object.class
        || JsonElement.class.isAssignableFrom(type)) {
      return;
    }
    if (type.isArray()) {
      visit(type.getComponentType(), where);
    } else if (ProtobufCodec.isMessage(type)) {
      var unused = ProtobufCodec.empty(type); // throws if it has none
    } else if (type.getTypeParameters().length > 0) {
      throw refused(where, type.getName() + " stands there without what it holds, in <>");
    } else {
      struct(type, type, where);
    }
  }

  private static boolean isListLike(Class<?> type) {
    return Collection.class.isAssignableFrom(type) && canBeMade(type);
  }

  private static boolean isMapLike(Class<?> type) {
    return Map.class.isAssignableFrom(type) && canBeMade(type);
  }

  private static boolean canBeMade(Class<?> type) {
    return ofPlatform(type) && (type.isInterface() || !Modifier.isAbstract(type.getModifiers()));
  }

  private void struct(Type type, Class<?> raw, String where) {
    if (!isStruct(raw)) {
      throw refused(where, raw.getName() + " has no JSON: use a record, or a class with fields");
    }
    TypeVariables variables = TypeVariables.of(type);
    if (raw.isRecord()) {
      for (RecordComponent component : raw.getRecordComponents()) {
        visit(
            variables.resolve(component.getGenericType()),
            where + ", " + raw.getSimpleName() + "." + component.getName());
      }
      return;
    }
    if (raw.isLocalClass()
        || raw.isAnonymousClass()
        || (raw.isMemberClass() && !Modifier.isStatic(raw.getModifiers()))) {
      throw refused(where, raw.getName() + " belongs to an object: make it static");
    }
    try {
      var unused = raw.getDeclaredConstructor();
    } catch (NoSuchMethodException e) {
      throw refused(
          where, raw.getName() + " has no constructor without arguments; a record needs none");
    }
    for (Field field : StructAdapter.fieldsOf(raw)) {
      String place = where + ", " + raw.getSimpleName() + "." + field.getName();
      if (Modifier.isFinal(field.getModifiers())) {
        throw refused(place, "is final and could not be read: use a record");
      }
      visit(variables.resolve(field.getGenericType()), place);
    }
  }

  private static IllegalArgumentException refused(String where, String why) {
    return new IllegalArgumentException(where + ": " + why);
  }
}
