package io.trunkline.client;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The threads of one client: the event loop that owns its state and connections, and the executor
 * for code that may block.
 */
record ClientThreads(
    EventLoop loop, Class<? extends SocketChannel> channelType, Executor callbacks) {

  /**
   * On the event loop: at once if already there.
   *
   * @return false: the event loop is shut down, the task will not run
   */
  boolean onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return true;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
