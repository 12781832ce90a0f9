package io.trunkline.systemtest.installation;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jboss.arquillian.container.spi.ConfigurationException;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;

/**
 * Properties of a container in {@code arquillian.xml}, documented in {@code docs/TESTING.md};
 * Arquillian calls the setters.
 */
public final class ContainerSettings implements ContainerConfiguration {
  /** What the process is. */
  enum Type {
    /** {@code ./trunkline run}: a node that starts its own database, broker and console. */
    RUN,
    /** {@code ./trunkline node}. */
    NODE,
    POSTGRES,
    BROKER
  }

  private Type type = Type.RUN;
  private String installation = "";
  private String name = "";
  private boolean keepData;
  private String settings = "";
  private String extensions = "";
  private String through = "";
  private boolean restart;
  private int readyTimeoutSeconds = 300;

  /**
   * {@code run}, {@code node}, {@code postgres} or {@code broker}.
   *
   * @throws ConfigurationException if it is none of these
   */
  public void setType(String text) {
    try {
      type = Type.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "type must be run, node, postgres or broker, not '" + text + "'", e);
    }
  }

  Type type() {
    return type;
  }

  /** Name of the folder below the tests' folder; what has the same belongs together. */
  public void setInstallation(String folder) {
    this.installation = folder;
  }

  Installation installation() {
    return Installation.of(installation);
  }

  /** Of a node: its {@code node.id}. The others have one already: that of their type. */
  public void setName(String id) {
    this.name = id;
  }

  String name() {
    return type == Type.NODE ? name : type.name().toLowerCase(Locale.ROOT);
  }

  /** Whether it goes on with the data of its last start; otherwise it starts with none. */
  public void setKeepData(boolean keep) {
    this.keepData = keep;
  }

  boolean keepData() {
    return keepData;
  }

  /** Of {@code run} and {@code node}: {@code key=value}, separated by white space. */
  public void setSettings(String list) {
    this.settings = list;
  }

  List<String> settings() {
    return words(settings);
  }

  /** Part of the distribution whose jars are put into its folder of extensions; empty: none. */
  public void setExtensions(String part) {
    this.extensions = part;
  }

  String extensions() {
    return extensions;
  }

  /**
   * What a node reaches by a {@link TcpProxy} of its own: {@code database}, {@code broker} or both,
   * separated by white space.
   */
  public void setThrough(String list) {
    this.through = list;
  }

  boolean goesThrough(Link link) {
    return words(through).contains(link.word());
  }

  /** Whether it is started again whenever it ends without having been stopped or killed. */
  public void setRestart(boolean again) {
    this.restart = again;
  }

  boolean restart() {
    return restart;
  }

  public void setReadyTimeoutSeconds(int seconds) {
    this.readyTimeoutSeconds = seconds;
  }

  Duration readyTimeout() {
    return Duration.ofSeconds(readyTimeoutSeconds);
  }

  private static List<String> words(String list) {
    return Arrays.stream(list.split("\\s+", -1)).filter(part -> !part.isEmpty()).toList();
  }

  @Override
  public void validate() {
    if (!installation.matches("[a-z-]+")) {
      throw new ConfigurationException("installation must be lower-case letters: " + installation);
    }
    if (type == Type.NODE && !name.matches("[A-Za-z0-9-]+")) {
      throw new ConfigurationException("a node's name must be letters, digits or '-': " + name);
    }
    for (String link : words(through)) {
      if (type != Type.NODE || !Set.of("database", "broker").contains(link)) {
        throw new ConfigurationException(
            "through is for a node, and is database, broker or both, not '" + through + "'");
      }
    }
    for (String setting : settings()) {
      if (!setting.contains("=")) {
        throw new ConfigurationException("settings has no key=value in '" + setting + "'");
      }
    }
  }
}
