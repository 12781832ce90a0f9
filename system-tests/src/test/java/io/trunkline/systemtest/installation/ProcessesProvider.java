package io.trunkline.systemtest.installation;

import java.lang.annotation.Annotation;
import org.jboss.arquillian.container.spi.ContainerRegistry;
import org.jboss.arquillian.core.api.Instance;
import org.jboss.arquillian.core.api.annotation.Inject;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.arquillian.test.spi.enricher.resource.ResourceProvider;

/** Gives tests their {@link Processes}. */
public final class ProcessesProvider implements ResourceProvider {
  @Inject
  @SuppressWarnings("NullAway.Init") // Arquillian sets it
  private Instance<ContainerRegistry> registry;

  @Override
  public boolean canProvide(Class<?> type) {
    return type == Processes.class;
  }

  @Override
  public Object lookup(ArquillianResource resource, Annotation... qualifiers) {
    return new Processes(registry.get());
  }
}
