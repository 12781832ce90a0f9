package io.trunkline.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.shared.Registration;
import org.jspecify.annotations.Nullable;

/** A page that is kept up to date for as long as somebody has it open. */
abstract class LivePage extends Div {
  private @Nullable Registration subscription;

  /**
   * Shows what can be shown at once, and asks to be told of what comes.
   *
   * @return ends that; called when the page is left
   */
  abstract Registration follow(UI ui);

  @Override
  protected final void onAttach(AttachEvent event) {
    super.onAttach(event);
    subscription = follow(event.getUI());
  }

  @Override
  protected final void onDetach(DetachEvent event) {
    if (subscription != null) {
      subscription.remove();
    }
    super.onDetach(event);
  }
}
