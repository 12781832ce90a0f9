package io.trunkline.invocation.payload;

import com.google.gson.reflect.TypeToken;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the type variables of a type, and of all that it extends, stand for. */
public final class TypeVariables {
  private final Map<TypeVariable<?>, Type> bound = new HashMap<>();

  private TypeVariables() {}

  public static TypeVariables of(Type type) {
    TypeVariables variables = new TypeVariables();
    variables.collect(type);
    return variables;
  }

  private void collect(@Nullable Type type) {
    Class<?> raw;
    if (type instanceof ParameterizedType parameterized) {
      raw = (Class<?>) parameterized.getRawType();
      TypeVariable<?>[] variables = raw.getTypeParameters();
      for (int i = 0; i < variables.length; i++) {
        bound.put(variables[i], resolve(parameterized.getActualTypeArguments()[i]));
      }
    } else if (type instanceof Class<?> c) {
      raw = c;
    } else {
      return;
    }
    collect(raw.getGenericSuperclass());
    for (Type parent : raw.getGenericInterfaces()) {
      collect(parent);
    }
  }

  /** The type with what is known put in; of a wildcard its bound. */
  public Type resolve(Type type) {
    if (type instanceof TypeVariable<?> variable) {
      return bound.getOrDefault(variable, variable);
    } else if (type instanceof WildcardType wildcard) {
      return resolve(wildcard.getUpperBounds()[0]);
    } else if (type instanceof GenericArrayType array) {
      Type component = resolve(array.getGenericComponentType());
      return component instanceof Class<?> c
          ? c.arrayType()
          : TypeToken.getArray(component).getType();
    } else if (type instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      Type[] resolved = new Type[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        resolved[i] = resolve(arguments[i]);
      }
      return TypeToken.getParameterized(parameterized.getRawType(), resolved).getType();
    }
    return type;
  }

  /** The class without what stands in brackets; of a variable its bound. */
  public static Class<?> erase(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    } else if (type instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    } else if (type instanceof GenericArrayType array) {
      return erase(array.getGenericComponentType()).arrayType();
    } else if (type instanceof TypeVariable<?> variable) {
      return erase(variable.getBounds()[0]);
    } else if (type instanceof WildcardType wildcard) {
      return erase(wildcard.getUpperBounds()[0]);
    }
    return Object.class;
  }
}
