package io.trunkline.benchmarks.calls;

/** The client of another project, as its own library makes it. */
public interface Peer {

  /** What comes of one call; exactly one of the two, on any thread. */
  interface Answer {
    void answered(byte[] payload);

    void failed(Throwable why);
  }

  /** A connection of its own to the server. */
  @FunctionalInterface
  interface Line {
    /** Calls and returns without waiting; failures may also be thrown. */
    void call(byte[] payload, Answer answer) throws Exception;
  }

  /** Opens a connection to this port of the loopback interface. */
  Line connect(int port) throws Exception;
}
