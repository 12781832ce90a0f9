package io.trunkline.systemtest.installation;

import io.trunkline.jms.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Which port of an installation is whose: taken when first asked for and the same from then on, so
 * that processes may be started in any order and are found again. One for each test run.
 */
final class PortBook {
  static final String POSTGRES = "postgres";
  static final String BROKER = "broker";
  private static final String FILE = "ports.properties";

  private final Path file;

  PortBook(Path folder) {
    this.file = folder.resolve(FILE);
  }

  static boolean is(Path candidate) {
    return candidate.endsWith(FILE);
  }

  int port(String name) throws IOException {
    synchronized (PortBook.class) {
      var ports = new Properties();
      if (Files.exists(file)) {
        try (var reader = Files.newBufferedReader(file)) {
          ports.load(reader);
        }
      }
      String known = ports.getProperty(name);
      if (known != null) {
        return Integer.parseInt(known);
      }
      int port;
      do {
        port = FreePorts.take();
      } while (ports.containsValue(Integer.toString(port)));
      ports.setProperty(name, Integer.toString(port));
      Files.createDirectories(file.getParent());
      try (var writer = Files.newBufferedWriter(file)) {
        ports.store(writer, null);
      }
      return port;
    }
  }

  void forget() throws IOException {
    Files.deleteIfExists(file);
  }
}
