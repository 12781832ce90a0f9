package io.trunkline.systemtest.books;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Breaks connections, takes networks away, and ends and kills clients' programs at random. */
final class Flapper implements AutoCloseable {
  private static final int MIN_AWAY_MS = 300;
  private static final int MAX_AWAY_MS = 5_000;
  private static final int MEAN_PAUSE_MS = 60;

  private final List<Receiver> receivers;
  private final SplittableRandom random;
  private final ExecutorService doing = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread thread;
  private volatile boolean stopping;

  Flapper(Plan plan, List<Receiver> receivers) {
    this.receivers = receivers;
    this.random = plan.random("flapper");
    this.thread = Thread.ofPlatform().name("flapper").start(this::run);
  }

  private void run() {
    try {
      while (!stopping) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(2 * MEAN_PAUSE_MS));
        Receiver receiver = receivers.get(random.nextInt(receivers.size()));
        int what = random.nextInt(100);
        int awayMs = random.nextInt(MIN_AWAY_MS, MAX_AWAY_MS);
        if (what < 60) {
          receiver.cut();
        } else {
          doing.execute(() -> disturb(receiver, what, awayMs));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void disturb(Receiver receiver, int what, int awayMs) {
    try {
      if (what < 80) {
        receiver.away(true);
        TimeUnit.MILLISECONDS.sleep(awayMs);
        receiver.away(false);
      } else if (what < 90) {
        receiver.restart(/* crash= */ false, awayMs);
      } else {
        receiver.restart(/* crash= */ true, awayMs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everybody has a network and runs when it returns. */
  @Override
  public void close() {
    stopping = true;
    Threads.join(thread);
    doing.close();
  }
}
