package io.trunkline.gateway.transport;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections the port takes. Each is an open file, of which the process may have so many;
 * what is left over is for database, broker, logs and the management API.
 *
 * @param max those that come beyond are told to come later
 * @param hardMax those that come beyond are closed at once; over {@code max}
 */
record ConnectionLimit(int max, int hardMax) {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

  /** Files for everything else, at the least. */
  private static final int MIN_RESERVE = 256;

  private static final int MIN_SURPLUS = 64;

  /** One part in so many is kept back: of the files, and of those for connections. */
  private static final int PART = 20;

  private static final long MOST_FILES = 10_000_000;

  /**
   * @param configured 0: as many as the process can have
   */
  static ConnectionLimit of(int configured) {
    return of(configured, maxFiles());
  }

  static ConnectionLimit of(int configured, long maxFiles) {
    long files = Math.min(maxFiles, MOST_FILES);
    int possible = (int) Math.max(1, files - Math.max(MIN_RESERVE, files / PART));
    int most = Math.max(1, possible - Math.max(MIN_SURPLUS, possible / PART));
    if (configured > most) {
      log.warn(
          "clients.max-connections is {}, but this process may have only {} files open: {} are"
              + " taken (see ulimit -n)",
          configured,
          maxFiles,
          most);
    }
    int max = configured == 0 ? most : Math.min(configured, most);
    return new ConnectionLimit(max, Math.min(possible, max + Math.max(MIN_SURPLUS, max / PART)));
  }

  private static long maxFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : MOST_FILES;
  }
}
