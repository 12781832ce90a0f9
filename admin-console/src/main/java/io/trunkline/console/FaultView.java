package io.trunkline.console;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.server.HttpStatusCode;
import com.vaadin.flow.server.auth.AnonymousAllowed;

/** For a page that cannot be made. */
@AnonymousAllowed
public final class FaultView extends Div implements HasErrorParameter<Exception> {
  private final Paragraph what = new Paragraph();

  /** Made by the router. */
  public FaultView() {
    setId("fault-page");
    addClassName("fault-page");
    add(new H1("Something went wrong"), what, new Anchor("/", "To the live sessions"));
  }

  @Override
  public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<Exception> error) {
    what.setText(
        "This page could not be made. The log says why, under reference "
            + PageRules.reference(error.getException())
            + ".");
    return HttpStatusCode.INTERNAL_SERVER_ERROR.getCode();
  }
}
