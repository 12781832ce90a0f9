package io.trunkline.console;

import com.vaadin.flow.server.VaadinSession;
import java.security.Principal;
import java.util.Optional;

/** The operator who is logged in to a browser session. */
record Operator(String name) implements Principal {

  @Override
  public String getName() {
    return name;
  }

  /** Of the session that the calling thread works for. */
  static Optional<Operator> current() {
    VaadinSession session = VaadinSession.getCurrent();
    return session == null
        ? Optional.empty()
        : Optional.ofNullable(session.getAttribute(Operator.class));
  }

  /** For pages that nobody sees who is not logged in. */
  static Operator required() {
    return current().orElseThrow(() -> new IllegalStateException("nobody is logged in"));
  }
}
