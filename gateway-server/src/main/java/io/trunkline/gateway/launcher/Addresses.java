package io.trunkline.gateway.launcher;

import io.trunkline.gateway.Gateway;
import java.util.ArrayList;
import java.util.List;

/** Tells the user of a local installation where everything listens, and as whom to come. */
record Addresses(AllInOneConfig config, Secrets secrets, DataFolder data) {

  /** One thing a line. */
  List<String> of(Gateway gateway, String consolePort, boolean embeddedDatabase) {
    List<String> told = new ArrayList<>();
    told.add(
        "clients         tcp://" + gateway.clientAddress() + "  and WebSocket on the same port");
    told.add(
        "management API  http://"
            + gateway.apiAddress()
            + "/api/v1  bearer token "
            + shown(secrets.apiToken()));
    if (config.embedded().console()) {
      told.add(
          "console         http://127.0.0.1:"
              + consolePort
              + "  user "
              + AllInOne.OPERATOR
              + "  password "
              + shown(secrets.consoleOperator()));
    }
    told.add(
        "JMS             "
            + config.jms().url()
            + "  user publisher  password "
            + shown(secrets.jmsPublisher()));
    told.add(
        "JMS back ends   there, too       user backend    password " + shown(secrets.jmsBackEnd()));
    if (embeddedDatabase) {
      told.add(
          "reports (SQL)   "
              + config
                  .db()
                  .url()
                  .substring("jdbc:".length())
                  .replace("//", "//trunkline_report:" + shown(secrets.postgresReport()) + "@"));
    }
    config
        .uplink()
        .routes()
        .ifPresent(file -> told.add("routes          " + file + "  which back end answers what"));
    if (!secrets.made()) {
      told.add("passwords       in " + data.root().resolve(DataFolder.SECRETS));
    }
    return List.copyOf(told);
  }

  /** Passwords are shown when they are made, and not in the log of every start after that. */
  private String shown(String secret) {
    return secrets.made() ? secret : "****";
  }
}
