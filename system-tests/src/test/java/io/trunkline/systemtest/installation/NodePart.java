package io.trunkline.systemtest.installation;

import io.trunkline.gateway.auth.DevelopmentKey;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * {@code ./trunkline node} with the database and the broker of its installation, which it may reach
 * through proxies.
 *
 * @param links those there are
 */
record NodePart(ContainerSettings settings, Installation installation, Map<Link, TcpProxy> links)
    implements Part {

  /** A node keeps nothing. */
  @Override
  public void forget() {}

  @Override
  public void prepare() throws IOException {
    installation.makeSecrets();
    var all = new Properties();
    all.setProperty("node.id", settings.name());
    all.setProperty("clients.port", port(settings.name()));
    all.setProperty("api.port", port(settings.name() + ".api"));
    all.setProperty("api.token", installation.secret("api-token"));
    all.setProperty("auth.public-key", DevelopmentKey.publicKey(installation.data()).toString());
    all.setProperty("db.url", Installation.databaseUrl(portOf(Link.DATABASE)));
    all.setProperty("db.user", "trunkline");
    all.setProperty("db.password", installation.secret("postgres-trunkline"));
    all.setProperty("jms.url", Installation.brokerUrl(portOf(Link.BROKER)));
    all.setProperty("jms.user", "gateway");
    all.setProperty("jms.password", installation.secret("jms-gateway"));
    if (!Files.exists(installation.routes())) {
      Files.createFile(installation.routes());
    }
    all.setProperty("uplink.routes", installation.routes().toString());
    for (String setting : settings.settings()) {
      String[] pair = setting.split("=", 2);
      all.setProperty(pair[0], pair[1]);
    }
    try (Writer writer = Files.newBufferedWriter(file())) {
      all.store(writer, null);
    }
  }

  private String port(String name) throws IOException {
    return Integer.toString(installation.ports().port(name));
  }

  private int portOf(Link link) throws IOException {
    TcpProxy proxy = links.get(link);
    return proxy == null ? installation.ports().port(link.target()) : proxy.port();
  }

  private Path file() {
    return installation.folder().resolve(settings.name() + ".properties");
  }

  @Override
  public List<String> command() {
    return Distribution.node(file());
  }

  @Override
  public void awaitReady(Program program) {
    program.awaitOutput("ready", settings.readyTimeout());
  }
}
