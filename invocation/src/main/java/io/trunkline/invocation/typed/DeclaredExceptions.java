package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions that a method declares, on their way over the wire: a status, a message, and a
 * header with the simple name of the class as declared.
 */
final class DeclaredExceptions {
  /** Names the declared exception that a failed call stands for. */
  static final String HEADER = "tl-exception";

  private static final MethodType REBUILD = MethodType.methodType(Throwable.class, String.class);

  /** These are no promise about anything, and anything could be one. */
  private static final List<Class<?>> TOO_WIDE =
      List.of(Throwable.class, Exception.class, RuntimeException.class);

  /**
   * One.
   *
   * @param rebuild (String)Throwable
   */
  private record Declared(
      Class<?> type, Status status, Map<String, String> headers, MethodHandle rebuild) {}

  private final List<Declared> declared;
  private final boolean interruptible;

  private DeclaredExceptions(List<Declared> declared, boolean interruptible) {
    this.declared = declared;
    this.interruptible = interruptible;
  }

  /**
   * Of a method.
   *
   * @throws IllegalArgumentException if one cannot travel
   */
  static DeclaredExceptions of(java.lang.reflect.Method method) {
    List<Declared> found = new ArrayList<>();
    boolean interruptible = false;
    for (Class<?> type : method.getExceptionTypes()) {
      if (type == InterruptedException.class) {
        interruptible = true;
      } else if (!TOO_WIDE.contains(type) && !CallException.class.isAssignableFrom(type)) {
        Declared one = declared(type);
        if (found.stream().anyMatch(other -> other.headers().equals(one.headers()))) {
          throw new IllegalArgumentException(
              "two declared exceptions are named " + type.getSimpleName());
        }
        found.add(one);
      }
    }
    // What is thrown goes as the narrowest that is declared.
    found.sort((a, b) -> Integer.compare(depth(b.type()), depth(a.type())));
    return new DeclaredExceptions(List.copyOf(found), interruptible);
  }

  private static Declared declared(Class<?> type) {
    if (Error.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException(type.getName() + " is an Error: declare an exception");
    }
    Fails fails = type.getAnnotation(Fails.class);
    Status status = fails == null ? Status.CONFLICT : fails.value();
    if (status == Status.OK || status == Status.UNRECOGNIZED) {
      throw new IllegalArgumentException(type.getName() + " cannot fail with " + status);
    }
    return new Declared(type, status, Map.of(HEADER, type.getSimpleName()), rebuild(type));
  }

  private static MethodHandle rebuild(Class<?> type) {
    if (Modifier.isAbstract(type.getModifiers())) {
      throw new IllegalArgumentException(type.getName() + " is abstract: declare what is thrown");
    }
    try {
      return lookup(type)
          .findConstructor(type, MethodType.methodType(void.class, String.class))
          .asType(REBUILD);
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalArgumentException(
          type.getName() + " needs a constructor that takes its message, a String alone", e);
    }
  }

  private static MethodHandles.Lookup lookup(Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    } catch (IllegalAccessException e) {
      return MethodHandles.publicLookup(); // not ours to open: the platform's, for example
    }
  }

  private static int depth(Class<?> type) {
    Class<?> parent = type.getSuperclass();
    return parent == null ? 0 : 1 + depth(parent);
  }

  boolean interruptible() {
    return interruptible;
  }

  /** The answer to a call that ended so; null: it was not declared. */
  @Nullable CallResult answer(Throwable thrown) {
    for (Declared one : declared) {
      if (one.type().isInstance(thrown)) {
        String message = thrown.getMessage();
        return CallResult.failed(one.status(), message == null ? "" : message)
            .withHeaders(one.headers());
      }
    }
    return null;
  }

  /** What to throw for a call that failed. */
  Throwable rebuild(CallResult failed) {
    String name = failed.headers().get(HEADER);
    if (name != null) {
      for (Declared one : declared) {
        if (one.type().getSimpleName().equals(name)) {
          try {
            return (Throwable) one.rebuild().invokeExact(failed.message());
          } catch (Throwable e) {
            CallException instead = new CallException(failed);
            instead.addSuppressed(e);
            return instead;
          }
        }
      }
    }
    return new CallException(failed);
  }
}
