package io.trunkline.broker;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The command line.
 *
 * @param data folder of journal, pages and bindings; made if it is not there
 * @param port 1 to 65535
 * @param users properties file {@code user=password}
 */
record BrokerOptions(Path data, String host, int port, Path users) {
  private static final String USAGE =
      "usage: BrokerMain --data DIR --host ADDRESS --port PORT --users FILE";

  static BrokerOptions parse(String[] arguments) throws BrokerStartException {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new BrokerStartException(arguments[i] + " has no value; " + USAGE);
      }
      given.put(arguments[i], arguments[i + 1]);
    }
    try {
      BrokerOptions options =
          new BrokerOptions(
              Path.of(take(given, "--data")),
              take(given, "--host"),
              port(take(given, "--port")),
              Path.of(take(given, "--users")));
      if (!given.isEmpty()) {
        throw new BrokerStartException("unknown " + given.keySet() + "; " + USAGE);
      }
      return options;
    } catch (InvalidPathException e) {
      throw new BrokerStartException("not a path: " + e.getInput() + "; " + USAGE, e);
    }
  }

  private static String take(Map<String, String> given, String option) throws BrokerStartException {
    String value = given.remove(option);
    if (value == null) {
      throw new BrokerStartException(option + " is missing; " + USAGE);
    }
    return value;
  }

  private static int port(String text) throws BrokerStartException {
    int port;
    try {
      port = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      port = 0;
    }
    if (port < 1 || port > 65535) {
      throw new BrokerStartException("--port " + text + ": a number from 1 to 65535 is expected");
    }
    return port;
  }
}
