package io.trunkline.configuration;

/**
 * The configuration cannot be used. The message is one line for the person who wrote it: which key,
 * where it was set, what is wrong and what would be right. Programs print it and exit with 2.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigurationException(String message) {
    super(message);
  }
}
