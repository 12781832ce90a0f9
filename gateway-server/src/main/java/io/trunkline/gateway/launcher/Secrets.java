package io.trunkline.gateway.launcher;

import java.util.List;
import java.util.Properties;

/**
 * Passwords of a local installation.
 *
 * @param made this start has made some of them: the one time that they are shown
 */
record Secrets(Properties stored, boolean made) {
  static final List<String> NAMES =
      List.of(
          "postgres-superuser",
          "postgres-trunkline",
          "postgres-report",
          "jms-gateway",
          "jms-console",
          "jms-publisher",
          "jms-backend",
          "uplink-identity",
          "api-token",
          "console-operator");

  private String get(String name) {
    return stored.getProperty(name, "");
  }

  String postgresSuperuser() {
    return get("postgres-superuser");
  }

  String postgresTrunkline() {
    return get("postgres-trunkline");
  }

  String postgresReport() {
    return get("postgres-report");
  }

  String jmsGateway() {
    return get("jms-gateway");
  }

  String jmsConsole() {
    return get("jms-console");
  }

  String jmsPublisher() {
    return get("jms-publisher");
  }

  String jmsBackEnd() {
    return get("jms-backend");
  }

  String uplinkIdentity() {
    return get("uplink-identity");
  }

  String apiToken() {
    return get("api-token");
  }

  String consoleOperator() {
    return get("console-operator");
  }

  @Override
  public String toString() {
    return "secrets";
  }
}
