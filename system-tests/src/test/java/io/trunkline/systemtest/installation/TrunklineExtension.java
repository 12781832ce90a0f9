package io.trunkline.systemtest.installation;

import org.jboss.arquillian.container.spi.ServerKillProcessor;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.core.spi.LoadableExtension;
import org.jboss.arquillian.test.spi.enricher.resource.ResourceProvider;

/** What Arquillian finds on the class path. */
public final class TrunklineExtension implements LoadableExtension {
  @Override
  public void register(ExtensionBuilder builder) {
    builder
        .service(DeployableContainer.class, ProcessContainer.class)
        .service(ServerKillProcessor.class, SigKill.class)
        .service(ResourceProvider.class, ProcessesProvider.class)
        .observer(Leftovers.class)
        .observer(Patience.class);
  }
}
