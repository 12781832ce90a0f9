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
      Database database = Database.open(settings.db());
      open.addFirst(database);
      JmsBridge bridge = JmsBridge.open(settings.jms(), "console");
      open.addFirst(bridge);
      var services = new ConsoleServices(settings.console(), Stores.of(database), bridge);
      open.addFirst(services);
      var server = new ConsoleServer(settings.console(), services);
      try {
        server.bind();
      } catch (IOException e) {
        throw new CannotListenException(settings.console(), e);
      }
      open.addFirst(server);
      server.start();
      log.info("Console at http://{}:{}", settings.console().host(), server.port());
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
