package io.trunkline.gateway.transport;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One timer of an event loop for all that may become late there; none while nothing may. Confined
 * to the event loop.
 */
public final class LaneTicker {
  /** How late something late may be noticed. */
  static final long TICK_MILLIS = 50;

  /** Has something that may become late. */
  public interface Member {
    /**
     * Ends what is late; must not throw.
     *
     * @param nowNanos {@link System#nanoTime}
     * @return whether there is more that may become late; if not, it is not asked again
     */
    boolean tick(long nowNanos);
  }

  private final EventLoop loop;
  private final Set<Member> members = new LinkedHashSet<>();
  private boolean scheduled;

  LaneTicker(EventLoop loop) {
    this.loop = loop;
  }

  /** From now on, until it says that there is no more; does nothing for one that is there. */
  public void add(Member member) {
    if (members.add(member)) {
      schedule();
    }
  }

  private void schedule() {
    if (!scheduled && !loop.isShuttingDown()) {
      scheduled = true;
      var _ = loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    scheduled = false;
    long nowNanos = System.nanoTime();
    // Of a copy: what ends may begin something new.
    for (Member member : List.copyOf(members)) {
      if (!member.tick(nowNanos)) {
        members.remove(member);
      }
    }
    if (!members.isEmpty()) {
      schedule();
    }
  }
}
