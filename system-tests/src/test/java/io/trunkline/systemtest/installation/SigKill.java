package io.trunkline.systemtest.installation;

import org.jboss.arquillian.container.spi.Container;
import org.jboss.arquillian.container.spi.ServerKillProcessor;

/** What {@code ContainerController.kill} does: nothing gentle. */
public final class SigKill implements ServerKillProcessor {
  @Override
  public void kill(@SuppressWarnings("rawtypes") Container container) throws Exception {
    ((ProcessContainer) container.getDeployableContainer()).kill();
  }
}
