package io.trunkline.invocation.payload;

/** A class's own code failed: a bug, not bad input. */
final class ConstructorFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  ConstructorFailed(Class<?> type, Throwable cause) {
    super("the constructor of " + type.getName() + " failed", cause);
  }
}
