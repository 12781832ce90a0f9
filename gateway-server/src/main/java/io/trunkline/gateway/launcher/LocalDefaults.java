package io.trunkline.gateway.launcher;

import io.trunkline.configuration.Configuration;
import io.trunkline.gateway.auth.DevelopmentKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a local installation knows of its own settings: the keys, passwords and files of its data
 * folder stand where nothing else is given.
 */
record LocalDefaults(DataFolder data, Secrets secrets) {

  /**
   * Makes the development key if there is none.
   *
   * @throws IOException if the data folder cannot be read or written
   */
  void fillIn(Configuration given) throws IOException {
    if (!given.isGiven("auth.public-key") && !given.isGiven("auth.jwks-url")) {
      if (!DevelopmentKey.exists(data.root())) {
        DevelopmentKey.create(data.root());
      }
      given.setIfAbsent(
          "auth.public-key", DevelopmentKey.publicKey(data.root()).toString(), "data folder");
    }
    setIfAbsent(given, "api.token", secrets.apiToken());
    Path extensions = data.root().resolve("extensions");
    if (Files.isDirectory(extensions)) {
      setIfAbsent(given, "node.extensions", extensions.toString());
    }
    if (!given.isGiven("uplink.routes")) {
      setIfAbsent(given, "uplink.routes", data.routes().toString());
    }
    setIfAbsent(given, "uplink.identity-key", secrets.uplinkIdentity());
    if (!given.isGiven("db.url")) {
      setIfAbsent(given, "db.user", EmbeddedPostgres.OWNER);
      setIfAbsent(given, "db.password", secrets.postgresTrunkline());
    }
    if (!given.isGiven("jms.url")) {
      setIfAbsent(given, "jms.user", "gateway");
      setIfAbsent(given, "jms.password", secrets.jmsGateway());
    }
  }

  static void setIfAbsent(Configuration given, String key, String value) {
    given.setIfAbsent(key, value, "data folder");
  }
}
