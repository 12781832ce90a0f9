package io.trunkline.systemtest.installation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Ports that stay free while nobody listens on them. */
public final class FreePorts {
  /**
   * Below the range that Linux takes outgoing connections' ports from (32768 up): a client that
   * tries to reach a stopped server there can end up connected to itself.
   */
  private static final int FIRST = 15_000;

  private static final int LAST = 32_000;

  private FreePorts() {}

  public static List<Integer> take(int count) {
    Set<Integer> found = new HashSet<>();
    while (found.size() < count) {
      int port = RandomGenerator.getDefault().nextInt(FIRST, LAST);
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        found.add(port);
      } catch (IOException taken) {
        found.remove(port);
      }
    }
    return new ArrayList<>(found);
  }
}
