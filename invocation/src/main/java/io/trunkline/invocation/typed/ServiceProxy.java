package io.trunkline.invocation.typed;

import io.trunkline.invocation.Caller;
import io.trunkline.invocation.payload.PayloadCodecs;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** Makes the calling side of a service from its interface. */
public final class ServiceProxy {
  private ServiceProxy() {}

  /**
   * Makes a proxy: cheap, after the first of its interface. It is thread-safe, and lasts as long as
   * the caller.
   *
   * <p>A method waits for its answer, or returns a future if its type is {@link
   * java.util.concurrent.CompletableFuture} or {@link java.util.concurrent.CompletionStage}. A call
   * that fails ends with the exception that the method declares, if the other side has thrown it,
   * otherwise with {@link CallException}; it is thrown, or what the future completes with. A future
   * that is cancelled takes the call back: its answer is dropped. A method that waits throws {@link
   * IllegalStateException} where that is not allowed ({@link Caller#mayWait}). Arguments that
   * cannot be written are an {@link IllegalArgumentException}. Default methods run here.
   *
   * @param timeout of methods without {@link Timeout}; from 1 ms
   * @throws IllegalArgumentException if the interface cannot be a service; the message says why
   */
  public static <T> T of(Class<T> type, Caller caller, Duration timeout, PayloadCodecs codecs) {
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException("timeout is under 1 ms: " + timeout);
    }
    ProxyHandler handler = new ProxyHandler(ProxyMethods.of(type, codecs), caller, timeout);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
