package io.trunkline.console;

import io.trunkline.configuration.Configuration;
import io.trunkline.configuration.ConfigurationException;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.DatabaseUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console as a process: {@code --config FILE}, {@code --set key=value}, {@code --child} (to end
 * when standard input ends). Prints {@code ready} when it serves. Exit codes: 0 stopped, 1 broken
 * while running, 2 wrong use or something that it needs is not there.
 */
public final class ConsoleMain {
  private static final Logger log = LoggerFactory.getLogger(ConsoleMain.class);

  private ConsoleMain() {}

  /** Runs until it is told to stop. */
  public static void main(String[] arguments) {
    try {
      run(Options.parse(arguments));
    } catch (ConfigurationException
        | DatabaseUnavailableException
        | BrokerUnavailableException
        | CannotListenException e) {
      System.err.println("console: " + e.getMessage());
      System.exit(2);
    } catch (Exception e) {
      log.error("The console cannot go on", e);
      System.err.println("console: " + e);
      System.exit(1);
    }
  }

  private static void run(Options options) throws Exception {
    ConsoleSettings settings = options.configuration().bind(ConsoleSettings.class);
    var process = new ConsoleProcess();
    Runtime.getRuntime().addShutdownHook(new Thread(process::close, "console-stop"));
    process.start(settings);
    System.out.println("ready");
    if (options.child()) {
      waitForEndOfInput();
      System.exit(0);
    }
  }

  /** A parent that has died has closed our standard input. */
  private static void waitForEndOfInput() throws IOException {
    byte[] ignored = new byte[1024];
    while (System.in.read(ignored) >= 0) {
      // What is written to us means nothing.
    }
  }

  /** The address and port cannot be listened on. */
  private static final class CannotListenException extends Exception {
    CannotListenException(ConsoleConfig config, IOException cause) {
      super(
          "cannot listen on "
              + config.host()
              + ":"
              + config.port()
              + " (console.host, console.port): "
              + (cause.getCause() == null ? cause : cause.getCause()).getMessage(),
          cause);
    }
  }

  /** What has been opened, to be closed in the opposite order. */
  private static final class ConsoleProcess {
    private final List<AutoCloseable> open = new ArrayList<>();

    synchronized void start(ConsoleSettings settings) throws Exception {
      try (var opening = Executors.newVirtualThreadPerTaskExecutor()) {
        // Each waits for another program; together they take as long as the slower one.
        Future<Database> database = opening.submit(() -> Database.open(settings.db()));
        Future<JmsBridge> bridge = opening.submit(() -> JmsBridge.open(settings.jms(), "console"));
        open.addFirst(opened(database));
        open.addFirst(opened(bridge));
        serve(settings.console(), database.resultNow(), bridge.resultNow());
      }
    }

    private void serve(ConsoleConfig config, Database database, JmsBridge bridge) throws Exception {
      var services = new ConsoleServices(config, Stores.of(database), bridge);
      open.addFirst(services);
      var server = new ConsoleServer(config, services);
      open.addFirst(server);
      try {
        server.bind();
      } catch (IOException e) {
        throw new CannotListenException(config, e);
      }
      server.start();
      log.info("Console at http://{}:{}", config.host(), server.port());
    }

    private static <T> T opened(Future<T> future) throws Exception {
      try {
        return future.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }

    synchronized void close() {
      for (AutoCloseable part : open) {
        try {
          part.close();
        } catch (Exception e) {
          log.warn("{} did not stop as it should", part.getClass().getSimpleName(), e);
        }
      }
      open.clear();
    }
  }

  private record Options(Configuration configuration, boolean child) {
    static Options parse(String[] arguments) {
      var configuration = new Configuration().environment(System.getenv());
      List<String> settings = new ArrayList<>();
      boolean child = false;
      for (int at = 0; at < arguments.length; at++) {
        switch (arguments[at]) {
          case "--config" -> configuration.file(Path.of(value(arguments, ++at)));
          case "--set" -> settings.add(value(arguments, ++at));
          case "--child" -> child = true;
          default ->
              throw new ConfigurationException(
                  "unknown option '"
                      + arguments[at]
                      + "'; there are --config FILE, --set key=value and --child");
        }
      }
      return new Options(configuration.arguments(settings), child);
    }

    private static String value(String[] arguments, int at) {
      if (at >= arguments.length) {
        throw new ConfigurationException("option " + arguments[at - 1] + " wants a value");
      }
      return arguments[at];
    }
  }
}
