package io.trunkline.console;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.server.HttpStatusCode;
import com.vaadin.flow.server.auth.AnonymousAllowed;

/** For addresses that lead nowhere. */
@AnonymousAllowed
public final class NotFoundView extends Div implements HasErrorParameter<NotFoundException> {

  /** Made by the router. */
  public NotFoundView() {
    setId("not-found");
    addClassName("fault-page");
    add(
        new H1("No such page"),
        new Paragraph("There is nothing at this address."),
        new Anchor("/", "To the live sessions"));
  }

  @Override
  public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<NotFoundException> error) {
    return HttpStatusCode.NOT_FOUND.getCode();
  }
}
