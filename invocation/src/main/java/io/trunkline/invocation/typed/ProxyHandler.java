package io.trunkline.invocation.typed;

import io.trunkline.invocation.Caller;
import java.lang.reflect.InvocationHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a proxy hands its calls to. */
record ProxyHandler(ProxyMethods methods, Caller caller, Duration timeout)
    implements InvocationHandler {
  private static final @Nullable Object[] NONE = new @Nullable Object[0];

  /** A method, prepared. */
  interface Invoker {
    @Nullable Object invoke(ProxyHandler handler, Object proxy, @Nullable Object[] arguments)
        throws Throwable;
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, java.lang.reflect.Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    return methods.of(method).invoke(this, proxy, arguments == null ? NONE : arguments);
  }
}
