package io.trunkline.client;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.http.HttpClient;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The process-wide threads of clients that were not given others; made when first needed. */
final class SharedThreads {
  private static final int THREADS =
      Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

  private SharedThreads() {}

  static EventLoopGroup group() {
    return Group.INSTANCE;
  }

  static Executor callbacks() {
    return Callbacks.INSTANCE;
  }

  /** Runs the services that clients offer; how many threads there are is up to their bounds. */
  static Executor services() {
    return Services.INSTANCE;
  }

  /** Asks where to connect. Its own threads are daemons. */
  static HttpClient http() {
    return Http.INSTANCE;
  }

  private static final class Http {
    static final HttpClient INSTANCE =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private static final class Group {
    static final EventLoopGroup INSTANCE =
        new MultiThreadIoEventLoopGroup(
            THREADS,
            new DefaultThreadFactory("trunkline-client-io", true),
            NioIoHandler.newFactory());
  }

  private static final class Callbacks {
    static final Executor INSTANCE =
        Executors.newFixedThreadPool(
            THREADS, new DefaultThreadFactory("trunkline-client-callback", true));
  }

  private static final class Services {
    static final Executor INSTANCE =
        Executors.newCachedThreadPool(new DefaultThreadFactory("trunkline-client-service", true));
  }
}
