package io.trunkline.broker;

import java.io.IOException;
import java.io.PrintStream;

/**
 * Runs the broker until standard input ends or SIGTERM comes. Prints {@code ready} when it accepts
 * connections. Exit codes: 0 stopped in order, 1 not in order, 2 could not start; then one line on
 * standard error says why.
 */
public final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] arguments) {
    // Standard output carries one line and no more, whatever a library prints.
    PrintStream out = System.out;
    System.setOut(System.err);
    Broker broker;
    try {
      broker = Broker.start(BrokerOptions.parse(arguments));
    } catch (BrokerStartException e) {
      System.err.println("broker: " + e.getMessage());
      System.err.flush();
      // Threads of a half-started broker must not keep the process.
      Runtime.getRuntime().halt(2);
      return;
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!broker.stop()) {
                    Runtime.getRuntime().halt(1);
                  }
                },
                "broker-stop"));
    out.println("ready");
    out.flush();
    awaitEndOfInput();
    System.exit(0);
  }

  private static void awaitEndOfInput() {
    byte[] ignored = new byte[256];
    try {
      int read;
      do {
        read = System.in.read(ignored);
      } while (read >= 0);
    } catch (IOException e) {
      // A parent's broken pipe means the same as its end.
      return;
    }
  }
}
