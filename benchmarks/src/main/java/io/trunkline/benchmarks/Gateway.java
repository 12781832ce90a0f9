package io.trunkline.benchmarks;

import jakarta.jms.JMSException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The product, with a publisher on its downlink. */
final class Gateway implements Target, AutoCloseable {
  static final Pattern CLIENTS = Pattern.compile("clients\\s+tcp://\\S*?:(\\d+)\\b.*");
  static final Pattern API = Pattern.compile("management API\\s+(http://\\S+).*");
  private static final Pattern JMS =
      Pattern.compile("JMS\\s+(\\S+)\\s+user (\\S+)\\s+password (\\S+)");
  private static final Pattern REPORTS =
      Pattern.compile("reports \\(SQL\\)\\s+\\S+?:(\\d+)/\\S*.*");

  /** Less than this share of one processor is idle. */
  private static final double IDLE = 0.04;

  private static final int SETTLE_SECONDS = 45;

  private final JavaProcess process;
  private final Progress progress;
  private final InetSocketAddress address;
  private @Nullable Publisher publisher;

  Gateway(JavaProcess process, Progress progress) throws BenchmarkException {
    this.process = process;
    this.progress = progress;
    this.address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(told(CLIENTS).group(1)));
  }

  private Matcher told(Pattern pattern) throws BenchmarkException {
    return process.told(pattern);
  }

  /** Where its management API is. */
  String api() throws BenchmarkException {
    return told(API).group(1);
  }

  @Override
  public String name() {
    return "Trunkline";
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public boolean handshakes() {
    return true;
  }

  @Override
  public ProcessFigures figures() {
    return process.figures();
  }

  @Override
  public void broadcast(int messages) throws BenchmarkException {
    try {
      publisher().broadcast(messages);
    } catch (JMSException e) {
      throw new BenchmarkException("publishing failed: " + e.getMessage(), e);
    }
  }

  Publisher publisher() throws BenchmarkException {
    Publisher open = publisher;
    if (open == null) {
      Matcher jms = told(JMS);
      try {
        open = new Publisher(jms.group(1), jms.group(2), jms.group(3));
      } catch (JMSException e) {
        throw new BenchmarkException("no connection to the broker: " + e.getMessage(), e);
      }
      publisher = open;
    }
    return open;
  }

  /** Where its broker listens. */
  String jmsUrl() throws BenchmarkException {
    return told(JMS).group(1);
  }

  /** Where its PostgreSQL listens. */
  int databasePort() throws BenchmarkException {
    return Integer.parseInt(told(REPORTS).group(1));
  }

  /** Waits until what was done before is done: records written, code compiled. */
  void settle() throws BenchmarkException {
    progress.say("waiting until the gateway is idle");
    for (int second = 0; second < SETTLE_SECONDS; second++) {
      double before = figures().cpuSeconds() + figures().childrenCpuSeconds();
      Clock.pause(1_000);
      if (figures().cpuSeconds() + figures().childrenCpuSeconds() - before <= IDLE) {
        return;
      }
    }
    progress.say("it is not idle after " + SETTLE_SECONDS + " s; going on");
  }

  @Override
  public void close() {
    if (publisher != null) {
      publisher.close();
    }
    process.close();
  }
}
