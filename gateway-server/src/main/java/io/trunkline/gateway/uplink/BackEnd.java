package io.trunkline.gateway.uplink;

import io.trunkline.gateway.uplink.routes.BackEndSpec;
import io.trunkline.invocation.BoundedExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What answers the calls of a service, open for as long as a table of routes has it or a call needs
 * it. Thread-safe.
 */
final class BackEnd {
  private static final Logger log = LoggerFactory.getLogger(BackEnd.class);

  private final BackEndSpec spec;
  private final UplinkService service;
  private final @Nullable BoundedExecutor executor;
  private final @Nullable AutoCloseable closing;
  private final Executor closer;

  /** The table's hold on it, and one for each call; at 0 it is closed for good. */
  private final AtomicInteger holds = new AtomicInteger(1);

  private BackEnd(
      BackEndSpec spec,
      UplinkService service,
      @Nullable BoundedExecutor executor,
      @Nullable AutoCloseable closing,
      Executor closer) {
    this.spec = spec;
    this.service = service;
    this.executor = executor;
    this.closing = closing;
    this.closer = closer;
  }

  /** A service in this process: there is nothing to close. */
  static BackEnd inProcess(UplinkService service, Executor threads, UplinkConfig config) {
    return new BackEnd(
        new BackEndSpec.InProcess(),
        service,
        service.blocking() ? bounded(threads, config) : null,
        null,
        threads);
  }

  /**
   * One that was opened.
   *
   * @param threads runs its calls, and closes it
   */
  static BackEnd remote(
      BackEndSpec spec,
      UplinkService service,
      AutoCloseable closing,
      Executor threads,
      UplinkConfig config) {
    return new BackEnd(spec, service, bounded(threads, config), closing, threads);
  }

  private static BoundedExecutor bounded(Executor threads, UplinkConfig config) {
    return new BoundedExecutor(threads, config.maxConcurrent(), config.maxQueued());
  }

  BackEndSpec spec() {
    return spec;
  }

  UplinkService service() {
    return service;
  }

  /** Null: its methods run on event loops. */
  @Nullable BoundedExecutor executor() {
    return executor;
  }

  /** False: it is closed, or about to be; there is a newer table. */
  boolean enter() {
    if (closing == null) {
      return true;
    }
    int held;
    do {
      held = holds.get();
      if (held == 0) {
        return false;
      }
    } while (!holds.compareAndSet(held, held + 1));
    return true;
  }

  /** A call that entered has its outcome. */
  void leave() {
    if (closing != null && holds.decrementAndGet() == 0) {
      try {
        closer.execute(() -> close(closing));
      } catch (RejectedExecutionException e) {
        log.debug("back end of '{}' ends with the process", service.name());
      }
    }
  }

  /** No table has it any more: closed when its last call has its outcome. Once. */
  void retire() {
    leave();
  }

  /** At the gateway's end: without waiting for calls. */
  void closeNow() {
    if (closing != null && holds.getAndSet(0) > 0) {
      close(closing);
    }
  }

  private void close(AutoCloseable open) {
    try {
      open.close();
      log.debug("back end of '{}' closed: {}", service.name(), spec);
    } catch (Exception e) {
      log.warn("back end of '{}' did not close: {}", service.name(), e.toString());
    }
  }
}
