package io.trunkline.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.server.ServiceInitEvent;
import com.vaadin.flow.server.VaadinRequest;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.server.auth.NavigationAccessControl;
import java.security.Principal;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds for all pages: who may enter, and what is shown when something breaks. */
final class PageRules implements VaadinServiceInitListener {
  private static final Logger log = LoggerFactory.getLogger(PageRules.class);

  @Override
  public void serviceInit(ServiceInitEvent event) {
    var access = new OperatorsOnly();
    access.setLoginView(LoginView.class);
    event.getSource().addUIInitListener(init -> init.getUI().addBeforeEnterListener(access));
    event
        .getSource()
        .addSessionInitListener(
            init -> init.getSession().setErrorHandler(error -> show(error.getThrowable())));
  }

  /** Logs the fault under a reference, and shows the reference only. */
  static void show(Throwable fault) {
    String reference = reference(fault);
    UI ui = UI.getCurrent();
    if (ui != null) {
      Notification notification =
          Notices.error("Something went wrong (reference " + reference + "). Please try again.");
      notification.setId("fault");
    }
  }

  static String reference(Throwable fault) {
    String reference = UUID.randomUUID().toString().substring(0, 8);
    log.error("Fault {} on a page", reference, fault);
    return reference;
  }

  private static final class OperatorsOnly extends NavigationAccessControl {
    @Override
    protected @Nullable Principal getPrincipal(@Nullable VaadinRequest request) {
      return Operator.current().orElse(null);
    }

    @Override
    protected Predicate<String> getRolesChecker(@Nullable VaadinRequest request) {
      return role -> false;
    }
  }
}
