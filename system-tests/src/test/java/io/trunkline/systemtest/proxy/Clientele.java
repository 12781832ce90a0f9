package io.trunkline.systemtest.proxy;

import io.trunkline.client.TrunklineClient;
import io.trunkline.systemtest.drain.Customer;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients of both nodes, through the proxy: customers call and are written to without a pause, and
 * go where they are told; stayers only have a connection.
 */
final class Clientele implements AutoCloseable {
  private static final int MAX = 40;
  private static final long PUBLISH_EVERY_MS = 25;

  private final Installation installation;
  private final int port;
  private final List<Customer> customers = new ArrayList<>();
  private final List<Stayer> stayers = new ArrayList<>();

  /** By user, what a node has taken over. */
  private final Map<String, Set<String>> taken = new ConcurrentHashMap<>();

  private final CountDownLatch written = new CountDownLatch(1);
  private Thread writer = Thread.ofVirtual().unstarted(() -> {});

  /**
   * @param port of the proxy
   */
  Clientele(Installation installation, int port) {
    this.installation = installation;
    this.port = port;
  }

  /** Until there are so many of each kind on the node. */
  void connect(String node, int each) throws IOException {
    while (customersOf(node).size() < each || stayersOf(node).size() < each) {
      if (size() >= MAX) {
        throw new AssertionError("of " + MAX + " clients the proxy gives too few to " + node);
      }
      // Pairs: the proxy takes turns while both nodes have as many.
      for (int i = 0; i < 2; i++) {
        connectCustomer();
      }
      for (int i = 0; i < 2; i++) {
        stayers.add(new Stayer(port, installation.token("stayer-" + stayers.size())));
      }
    }
  }

  private void connectCustomer() throws IOException {
    String user = "customer-" + customers.size();
    var customer =
        new Customer(
            user,
            TrunklineClient.builder()
                .url("tcp://127.0.0.1:" + port)
                .token(installation.token(user)));
    customers.add(customer);
    customer.start();
  }

  int size() {
    return customers.size() + stayers.size();
  }

  List<Customer> customers() {
    return customers;
  }

  /** Those whose session is there now. */
  List<Customer> customersOf(String node) {
    return customers.stream()
        .filter(customer -> customer.sessions.getLast().nodeId().equals(node))
        .toList();
  }

  List<Stayer> stayersOf(String node) {
    return stayers.stream().filter(one -> one.welcome().getNodeId().equals(node)).toList();
  }

  /** Persistent messages to all customers in turn, until {@link #rest}. */
  void beginToWrite(TwoNodes nodes) {
    writer = Thread.ofPlatform().name("writer").start(() -> write(nodes));
  }

  private void write(TwoNodes nodes) {
    try {
      for (int i = 0; !written.await(PUBLISH_EVERY_MS, TimeUnit.MILLISECONDS); i++) {
        String user = customers.get(i % customers.size()).user;
        String text = user + "-" + i;
        if (nodes.publish(nodes.first, user, text)) {
          taken(user).add(text);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("publishing failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nobody calls or writes any more. */
  void rest() throws InterruptedException {
    written.countDown();
    writer.join();
    for (Customer customer : customers) {
      customer.stopCalling();
    }
  }

  /** What was taken over for the user. */
  Set<String> taken(String user) {
    return taken.computeIfAbsent(user, name -> ConcurrentHashMap.newKeySet());
  }

  @Override
  public void close() throws IOException {
    written.countDown();
    customers.forEach(Customer::close);
    for (Stayer stayer : stayers) {
      stayer.close();
    }
  }
}
