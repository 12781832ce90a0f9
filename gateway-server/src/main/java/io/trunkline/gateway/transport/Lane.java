package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * What belongs to one event loop: its open connections, their deadlines, and the queue of messages
 * to them. What other threads submit is drained in one go: messages for everyone that stand next to
 * each other become one buffer and one write per connection, and each connection is flushed once.
 * The more there is to do, the larger the batches.
 */
public final class Lane {
  /** Bounds what waits in the queue, in KiB: submitters from outside event loops wait for room. */
  private static final int QUEUE_KIB = 64 << 10;

  /** One drain deals with so many messages at the most, then lets the event loop read. */
  private static final int MAX_DRAIN = 1024;

  /** How soon what is held back is looked at again. */
  private static final long HELD_MS = 20;

  private final EventLoop loop;
  private final ByteBufAllocator allocator;
  private final DeadlineWheel wheel = new DeadlineWheel();
  private final LaneTicker ticker;
  private final Queue<Outbound> queue = new ConcurrentLinkedQueue<>();
  private final Semaphore room = new Semaphore(QUEUE_KIB);
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final LongAdder droppedMessages = new LongAdder();
  private final ArrayList<Connection> open = new ArrayList<>();
  private final ArrayDeque<Connection> toFlush = new ArrayDeque<>();
  private final FrameGatherer gatherer = new FrameGatherer();
  private final Set<Connection> slow = new HashSet<>();
  private volatile BooleanSupplier sends = () -> true;
  private long sweptNs = System.nanoTime();

  Lane(EventLoop loop, ByteBufAllocator allocator) {
    this.loop = loop;
    this.allocator = allocator;
    ticker = new LaneTicker(loop);
  }

  void startSweep(long tickMillis) {
    long closestNs = TimeUnit.MILLISECONDS.toNanos(tickMillis) / 10;
    var _ =
        loop.scheduleAtFixedRate(
            () -> sweepOnce(closestNs), tickMillis, tickMillis, TimeUnit.MILLISECONDS);
  }

  /**
   * After a stop of the process the event loop makes up for all the ticks that were left out, and
   * would take every client for silent that could not be heard: of these ticks one counts.
   */
  private void sweepOnce(long closestNs) {
    long now = System.nanoTime();
    if (now - sweptNs >= closestNs) {
      sweptNs = now;
      sweep();
    }
  }

  /** One tick: what has reached its deadline is closed. */
  void sweep() {
    wheel.advance(entry -> ((Connection) entry).deadlineReached());
  }

  public EventLoop loop() {
    return loop;
  }

  /** Looks at the clock for whoever has something that may become late. Event loop only. */
  public LaneTicker ticker() {
    return ticker;
  }

  DeadlineWheel wheel() {
    return wheel;
  }

  /** Messages dropped for slow or vanished connections since the start. Any thread. */
  public long droppedMessages() {
    return droppedMessages.sum();
  }

  /** From now on what is submitted waits in the queue while this does not hold. Any thread. */
  public void sendWhile(BooleanSupplier condition) {
    sends = condition;
  }

  /** Bytes that wait for clients who take less than they are sent. Event loop only. */
  public long slowBytes() {
    long bytes = 0;
    for (Connection connection : slow) {
      bytes += connection.pendingBytes();
    }
    return bytes;
  }

  void isSlow(Connection connection, boolean now) {
    if (now) {
      slow.add(connection);
    } else {
      slow.remove(connection);
    }
  }

  /** The open connections. Event loop only; not to be changed. */
  public List<Connection> open() {
    return open;
  }

  /**
   * Hands over a message; the lane then owns a reference to its frame. Waits while too much is
   * queued, so it must not be called from an event loop.
   */
  public void submit(Outbound outbound) {
    room.acquireUninterruptibly(weight(outbound));
    queue.add(outbound);
    scheduleDrain();
  }

  private static int weight(Outbound outbound) {
    return Math.clamp(outbound.frame().weightBytes() >> 10, 1, QUEUE_KIB);
  }

  private void scheduleDrain() {
    if (drainScheduled.compareAndSet(false, true)) {
      loop.execute(this::drain);
    }
  }

  private void drain() {
    if (!sends.getAsBoolean()) {
      var _ = loop.schedule(this::drain, HELD_MS, TimeUnit.MILLISECONDS);
      return;
    }
    drainScheduled.set(false);
    List<Outbound> run = new ArrayList<>();
    int drained = 0;
    int weight = 0;
    try {
      for (Outbound next = queue.peek(); next != null && drained < MAX_DRAIN; next = queue.peek()) {
        queue.remove();
        drained++;
        weight += weight(next);
        if (next.forAll()) {
          run.add(next);
        } else {
          writeToAll(run);
          run.clear();
          writeToSome(next);
        }
      }
      writeToAll(run);
      flush();
    } finally {
      room.release(weight);
      if (!queue.isEmpty()) {
        scheduleDrain();
      }
    }
  }

  private void writeToSome(Outbound outbound) {
    try {
      for (Connection connection : outbound.recipients(this)) {
        writeToOne(connection, outbound);
      }
    } finally {
      outbound.frame().release();
      outbound.done();
    }
  }

  private void writeToOne(Connection connection, Outbound outbound) {
    if (!connection.isOpen()) {
      drop(connection, outbound, Outbound.Drop.CLOSED);
    } else if (outbound.admits(connection)) {
      writeOrWait(connection, outbound);
    }
  }

  private void writeOrWait(Connection connection, Outbound outbound) {
    if (outbound.mayWait() && connection.isBehind()) {
      connection.waitBehind(outbound);
    } else if (connection.hasRoomFor(outbound.frame().weightBytes())) {
      write(connection, outbound);
      flushLater(connection);
    } else {
      drop(connection, outbound, Outbound.Drop.SLOW);
    }
  }

  /** Writes without a flush. */
  void write(Connection connection, Outbound outbound) {
    connection.write(outbound.frame().bytes(connection.format()).retainedDuplicate(), 1);
    outbound.written(connection);
  }

  private void writeToAll(List<Outbound> run) {
    if (run.isEmpty()) {
      return;
    }
    try (var batches = new Batches(allocator, run)) {
      for (Connection connection : open) {
        for (Batches.Batch batch : batches.of(connection.format())) {
          if (connection.isBehind()) {
            batch.messages().forEach(outbound -> writeOrWait(connection, outbound));
          } else if (connection.hasRoomFor(batch.bytes().readableBytes())) {
            connection.write(batch.bytes().retainedDuplicate(), batch.messages().size());
            batch.written(connection);
          } else {
            for (Outbound outbound : batch.messages()) {
              drop(connection, outbound, Outbound.Drop.SLOW);
            }
          }
        }
        flushLater(connection);
      }
    }
    for (Outbound outbound : run) {
      outbound.frame().release();
      outbound.done();
    }
  }

  void drop(Connection connection, Outbound outbound, Outbound.Drop why) {
    droppedMessages.increment();
    connection.countDropped();
    outbound.dropped(connection, why);
  }

  private void flushLater(Connection connection) {
    if (connection.markFlushPending()) {
      toFlush.add(connection);
    }
  }

  private void flush() {
    for (Connection c = toFlush.poll(); c != null; c = toFlush.poll()) {
      c.flush();
    }
  }

  FrameGatherer gatherer() {
    return gatherer;
  }

  void added(Connection connection) {
    connection.laneIndex(open.size());
    open.add(connection);
  }

  /** Takes the connection out by moving the last one into its place. */
  void removed(Connection connection) {
    int index = connection.laneIndex();
    if (index < 0) {
      return;
    }
    Connection last = open.removeLast();
    if (last != connection) {
      open.set(index, last);
      last.laneIndex(index);
    }
    connection.laneIndex(-1);
  }
}
