package io.trunkline.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.login.AbstractLogin.LoginEvent;
import com.vaadin.flow.component.login.LoginForm;
import com.vaadin.flow.component.login.LoginI18n;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinRequest;
import com.vaadin.flow.server.VaadinService;
import com.vaadin.flow.server.VaadinSession;
import com.vaadin.flow.server.WrappedSession;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import com.vaadin.flow.server.auth.NavigationAccessControl;

/** Log-in. */
@Route("login")
@PageTitle("Log in · Trunkline")
@AnonymousAllowed
public final class LoginView extends Div implements BeforeEnterObserver {
  private final transient LogIn logIn;
  private final LoginForm form = new LoginForm();

  LoginView(LogIn logIn) {
    this.logIn = logIn;
    addClassName("login-page");
    var brand = new Div(Brand.mark(), new H1("Trunkline"));
    brand.addClassName("login-brand");
    var about = new Paragraph("Operators’ console");
    about.addClassName("login-about");

    form.setI18n(texts());
    form.setId("login");
    form.setForgotPasswordButtonVisible(false);
    form.addLoginListener(this::attempt);
    var card = new Div(brand, about, form);
    card.addClassName("login-card");
    add(card);
  }

  private static LoginI18n texts() {
    var labels = new LoginI18n.Form();
    labels.setTitle("");
    labels.setUsername("Operator");
    labels.setPassword("Password");
    labels.setSubmit("Log in");
    var error = new LoginI18n.ErrorMessage();
    error.setTitle("Not logged in");
    error.setMessage("This name and password do not belong together.");
    error.setUsername("Please give your name.");
    error.setPassword("Please give your password.");
    var texts = new LoginI18n();
    texts.setForm(labels);
    texts.setErrorMessage(error);
    return texts;
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    if (Operator.current().isPresent()) {
      event.forwardTo(SessionsView.class);
    }
  }

  private void attempt(LoginEvent event) {
    VaadinRequest request = VaadinRequest.getCurrent();
    var outcome =
        logIn.attempt(
            event.getUsername(), event.getPassword().toCharArray(), request.getRemoteAddr());
    switch (outcome) {
      case LogIn.Outcome.Accepted(Operator operator) -> enter(operator, request);
      case LogIn.Outcome.Refused() -> form.setError(true);
      case LogIn.Outcome.TooMany(var waitFor) ->
          form.showErrorMessage(
              "Too many attempts",
              "Please wait " + Texts.duration(waitFor.plusSeconds(1)) + " and try again.");
      case LogIn.Outcome.Unavailable() ->
          form.showErrorMessage(
              "The database is away", "Nobody can log in until it is back. Please try again.");
    }
  }

  private static void enter(Operator operator, VaadinRequest request) {
    String page = wantedPage(request);
    VaadinService.reinitializeSession(request);
    VaadinSession.getCurrent().setAttribute(Operator.class, operator);
    UI.getCurrent().getPage().setLocation(page);
  }

  /** The page that was asked for before the log-in; never one of another host. */
  private static String wantedPage(VaadinRequest request) {
    WrappedSession session = request.getWrappedSession();
    Object asked = session.getAttribute(NavigationAccessControl.SESSION_STORED_REDIRECT);
    session.removeAttribute(NavigationAccessControl.SESSION_STORED_REDIRECT);
    // Two slashes (or what browsers take for them) at the beginning would name a host.
    return asked instanceof String path ? "/" + path.replaceFirst("^[/\\\\\\s]+", "") : "/";
  }
}
