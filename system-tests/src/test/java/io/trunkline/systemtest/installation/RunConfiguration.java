package io.trunkline.systemtest.installation;

import java.util.Arrays;
import java.util.List;
import org.jboss.arquillian.container.spi.ConfigurationException;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;

/** Properties of a container in {@code arquillian.xml}; Arquillian calls the setters. */
public final class RunConfiguration implements ContainerConfiguration {
  private String installation = "";
  private boolean keepData;
  private String settings = "";
  private String extensions = "";
  private int readyTimeoutSeconds = 90;

  /** Name of its folder below the tests' folder. */
  public void setInstallation(String name) {
    this.installation = name;
  }

  String installation() {
    return installation;
  }

  /** Whether it goes on with the data of its last start; otherwise it starts with none. */
  public void setKeepData(boolean keep) {
    this.keepData = keep;
  }

  boolean keepData() {
    return keepData;
  }

  /** For {@code --set}, separated by white space. */
  public void setSettings(String list) {
    this.settings = list;
  }

  List<String> settings() {
    return Arrays.stream(settings.split("\\s+", -1)).filter(part -> !part.isEmpty()).toList();
  }

  /** Part of the distribution whose jars are put into its folder of extensions; empty: none. */
  public void setExtensions(String part) {
    this.extensions = part;
  }

  String extensions() {
    return extensions;
  }

  public void setReadyTimeoutSeconds(int seconds) {
    this.readyTimeoutSeconds = seconds;
  }

  int readyTimeoutSeconds() {
    return readyTimeoutSeconds;
  }

  @Override
  public void validate() {
    if (!installation.matches("[a-z-]+")) {
      throw new ConfigurationException("installation must be lower-case letters: " + installation);
    }
  }
}
