package io.trunkline.client;

import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client is built with, besides its listener and threads. Made by {@link ClientBuilder}.
 *
 * @param urls where to connect, in this order, round and round; {@code tcp://host:port} or {@code
 *     ws://host:port/path}
 * @param token asked anew for each attempt, on the callback executor; may block
 * @param maxFrameBytes largest frame that this client takes, from 1,024 bytes
 * @param maxOutstandingCalls calls without an answer yet, from 1; the gateway may allow fewer
 * @param autoAck acknowledge when the listener returned normally and an ack is expected
 * @param retryFirstConnect false: if the very first attempt fails, for whatever reason, the client
 *     closes
 * @param positionStore null: what the client remembers ends with it
 * @param assign who is asked where to connect, {@code http://host:port}; {@code urls} are then what
 *     is tried when nobody answers, and may be empty. Null: nobody is asked
 */
public record ClientOptions(
    List<URI> urls,
    Supplier<String> token,
    ClientIdentity identity,
    Timeouts timeouts,
    Backoff backoff,
    int maxFrameBytes,
    int maxOutstandingCalls,
    boolean autoAck,
    boolean retryFirstConnect,
    @Nullable PositionStore positionStore,
    @Nullable URI assign) {

  public static final int DEFAULT_MAX_OUTSTANDING_CALLS = 1_000;

  public ClientOptions {
    urls = List.copyOf(urls);
    if (assign != null) {
      assign = Assigner.whole(assign);
    } else if (urls.isEmpty()) {
      throw new IllegalArgumentException("no url");
    }
    urls.forEach(Endpoint::of);
    if (maxFrameBytes < 1_024) {
      throw new IllegalArgumentException("maxFrameBytes is under 1024: " + maxFrameBytes);
    }
    if (maxOutstandingCalls < 1) {
      throw new IllegalArgumentException("maxOutstandingCalls is under 1: " + maxOutstandingCalls);
    }
  }
}
