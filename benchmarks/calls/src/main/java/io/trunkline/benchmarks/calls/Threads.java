package io.trunkline.benchmarks.calls;

/** How a peer's server runs its handlers. */
public enum Threads {
  /** Where the bytes are read: the cheapest way. */
  LOOP,
  /** In a thread pool, as the peer's users mostly do. */
  POOL;

  /** Event loops of each server and client. */
  public static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  /**
   * The first argument of a server.
   *
   * @throws IllegalArgumentException if it is neither {@code loop} nor {@code pool}
   */
  public static Threads of(String... args) {
    return valueOf(args[0].toUpperCase(java.util.Locale.ROOT));
  }

  /** Says where the server listens, and that it does. */
  public static void ready(int port) {
    System.out.println(port);
    System.out.println("ready");
  }
}
