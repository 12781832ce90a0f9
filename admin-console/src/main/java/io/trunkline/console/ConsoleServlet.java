package io.trunkline.console;

import com.vaadin.flow.di.DefaultInstantiator;
import com.vaadin.flow.di.Instantiator;
import com.vaadin.flow.function.DeploymentConfiguration;
import com.vaadin.flow.server.ServiceException;
import com.vaadin.flow.server.VaadinService;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.server.VaadinServlet;
import com.vaadin.flow.server.VaadinServletService;
import java.util.stream.Stream;

/** Vaadin's servlet, with our own way of making pages: by constructor, not by a container. */
final class ConsoleServlet extends VaadinServlet {
  private final transient ConsoleServices services;

  ConsoleServlet(ConsoleServices services) {
    this.services = services;
  }

  @Override
  protected VaadinServletService createServletService(DeploymentConfiguration configuration)
      throws ServiceException {
    var service =
        new VaadinServletService(this, configuration) {
          @Override
          protected Instantiator createInstantiator() {
            return new PageInstantiator(this, services);
          }
        };
    service.init();
    return service;
  }

  private static final class PageInstantiator extends DefaultInstantiator {
    private final transient ConsoleServices services;

    PageInstantiator(VaadinService service, ConsoleServices services) {
      super(service);
      this.services = services;
    }

    @Override
    public Stream<VaadinServiceInitListener> getServiceInitListeners() {
      return Stream.concat(super.getServiceInitListeners(), Stream.of(services.rules()));
    }

    @Override
    public <T> T getOrCreate(Class<T> type) {
      Object page = services.page(type);
      return page == null ? super.getOrCreate(type) : type.cast(page);
    }
  }
}
