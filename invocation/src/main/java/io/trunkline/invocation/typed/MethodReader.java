package io.trunkline.invocation.typed;

import io.trunkline.invocation.payload.MethodShape;
import io.trunkline.invocation.payload.MethodShape.Argument;
import io.trunkline.invocation.payload.TypeVariables;
import io.trunkline.invocation.typed.MethodContract.Mode;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the methods of a service's interface. */
final class MethodReader {
  private static final Pattern TIMEOUT = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final TypeVariables variables;
  private final List<java.lang.reflect.Method> methods = new ArrayList<>();
  private final Map<String, Integer> count = new HashMap<>();

  MethodReader(Class<?> type) {
    this.variables = TypeVariables.of(type);
    for (java.lang.reflect.Method method : type.getMethods()) {
      if (isCallable(method)) {
        methods.add(method);
        count.merge(method.getName(), 1, Integer::sum);
      }
    }
    methods.sort(Comparator.comparing(java.lang.reflect.Method::toString));
  }

  /** Default and static methods run where they are called. */
  private static boolean isCallable(java.lang.reflect.Method method) {
    if (Modifier.isAbstract(method.getModifiers())) {
      return !isOfObject(method);
    }
    if (method.isAnnotationPresent(Method.class) || method.isAnnotationPresent(OneWay.class)) {
      throw new IllegalArgumentException(
          method.getName() + " has a body, so it runs where it is called and needs no annotation");
    }
    return false;
  }

  private static boolean isOfObject(java.lang.reflect.Method method) {
    try {
      var unused = Object.class.getMethod(method.getName(), method.getParameterTypes());
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /**
   * All of them.
   *
   * @throws IllegalArgumentException if one cannot be called from elsewhere
   */
  List<MethodContract> all() {
    List<MethodContract> all = new ArrayList<>();
    for (java.lang.reflect.Method method : methods) {
      try {
        all.add(read(method));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(method.getName() + ": " + e.getMessage(), e);
      }
    }
    return List.copyOf(all);
  }

  private MethodContract read(java.lang.reflect.Method method) {
    Method given = method.getAnnotation(Method.class);
    boolean signed = given == null && count.getOrDefault(method.getName(), 0) > 1;
    String wireName;
    if (given != null) {
      wireName = given.value();
      Names.check("method", wireName);
    } else if (signed) {
      wireName = signature(method);
      Names.checkSignature(wireName);
    } else {
      wireName = method.getName();
      Names.check("method", wireName);
    }
    Type returned = variables.resolve(method.getGenericReturnType());
    Class<?> raw = TypeVariables.erase(returned);
    Mode mode = mode(method, raw);
    Type result = mode == Mode.ASYNC ? content(returned) : returned;
    MethodShape shape =
        new MethodShape(wireName, arguments(method), result == Void.class ? void.class : result);
    return new MethodContract(
        method, wireName, signed, mode, shape, DeclaredExceptions.of(method), timeout(method));
  }

  private static Mode mode(java.lang.reflect.Method method, Class<?> returned) {
    if (method.isAnnotationPresent(OneWay.class)) {
      if (returned != void.class) {
        throw new IllegalArgumentException("@OneWay has no answer, so it must return void");
      }
      return Mode.ONE_WAY;
    }
    if (returned == CompletableFuture.class || returned == CompletionStage.class) {
      return Mode.ASYNC;
    }
    if (Future.class.isAssignableFrom(returned)
        || CompletionStage.class.isAssignableFrom(returned)) {
      throw new IllegalArgumentException(
          "it returns a " + returned.getSimpleName() + ": make it a CompletableFuture");
    }
    return Mode.SYNC;
  }

  private static Type content(Type future) {
    if (!(future instanceof ParameterizedType parameterized)) {
      throw new IllegalArgumentException("its future does not say of what, in <>");
    }
    return parameterized.getActualTypeArguments()[0];
  }

  private List<Argument> arguments(java.lang.reflect.Method method) {
    List<Argument> arguments = new ArrayList<>();
    for (Parameter parameter : method.getParameters()) {
      Param given = parameter.getAnnotation(Param.class);
      if (given != null && given.value().isBlank()) {
        throw new IllegalArgumentException("@Param has no name");
      }
      String name =
          given != null ? given.value() : parameter.isNamePresent() ? parameter.getName() : "";
      arguments.add(new Argument(name, variables.resolve(parameter.getParameterizedType())));
    }
    return arguments;
  }

  private static @Nullable Duration timeout(java.lang.reflect.Method method) {
    Timeout given = method.getAnnotation(Timeout.class);
    if (given == null) {
      return null;
    }
    Matcher matcher = TIMEOUT.matcher(given.value());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException(
          "@Timeout is a whole number over 0 and ms, s, m or h, not '" + given.value() + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /** {@code get(long,String)}: without packages and type arguments. */
  private String signature(java.lang.reflect.Method method) {
    return Arrays.stream(method.getGenericParameterTypes())
        .map(type -> TypeVariables.erase(variables.resolve(type)).getSimpleName())
        .collect(Collectors.joining(",", method.getName() + "(", ")"));
  }
}
