package io.trunkline.systemtest.installation;

import org.jboss.arquillian.container.spi.ServerKillProcessor;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.core.spi.LoadableExtension;

/** What Arquillian finds on the class path. */
public final class TrunklineExtension implements LoadableExtension {
  @Override
  public void register(ExtensionBuilder builder) {
    builder
        .service(DeployableContainer.class, RunContainer.class)
        .service(ServerKillProcessor.class, SigKill.class)
        .observer(Leftovers.class);
  }
}
