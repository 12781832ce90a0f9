package io.trunkline.jms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports that stay free while nobody listens on them: no other test of this user gets the same one,
 * also if it runs in another process. Thread-safe.
 */
public final class FreePorts {
  /**
   * Below the range that Linux takes outgoing connections' ports from (32768 up): a client that
   * tries to reach a stopped server there can end up connected to itself.
   */
  private static final int FIRST = 15_000;

  private static final int LAST = 32_000;

  /** Holds the port that was given last, and is locked by who takes the next. */
  private static final Path COUNTER =
      Path.of(
          System.getProperty("java.io.tmpdir"),
          "trunkline-test-ports-" + System.getProperty("user.name"));

  private FreePorts() {}

  /** One port. */
  public static int take() {
    return take(1).getFirst();
  }

  /** Some ports, no two alike. */
  public static synchronized List<Integer> take(int count) {
    try (FileChannel file =
            FileChannel.open(
                COUNTER,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock _ = file.lock()) {
      int port = last(file);
      List<Integer> found = new ArrayList<>();
      while (found.size() < count) {
        port = port < FIRST || port >= LAST ? FIRST : port + 1;
        if (isFree(port)) {
          found.add(port);
        }
      }
      file.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, port), 0);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int last(FileChannel file) throws IOException {
    var number = ByteBuffer.allocate(Integer.BYTES);
    file.read(number, 0);
    return number.getInt(0);
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
