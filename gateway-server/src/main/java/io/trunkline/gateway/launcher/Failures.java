package io.trunkline.gateway.launcher;

import io.trunkline.configuration.ConfigurationException;
import io.trunkline.gateway.StartupException;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.persistence.DatabaseUnavailableException;

/**
 * What a person is told of a program that cannot go on: one line, and a stack trace only for bugs.
 */
final class Failures {
  private Failures() {}

  static String oneLine(Throwable failure) {
    return switch (failure) {
      case ConfigurationException known -> "trunkline: " + known.getMessage();
      case StartupException known -> "trunkline: " + known.getMessage();
      case DatabaseUnavailableException known -> "trunkline: " + known.getMessage();
      case BrokerUnavailableException known -> "trunkline: " + known.getMessage();
      default -> {
        failure.printStackTrace();
        yield "trunkline: this is a bug: " + failure;
      }
    };
  }
}
