package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.persistence.SessionRow;
import java.time.Duration;
import java.util.Optional;

/** Asks before a session is ended, and why. */
final class KickDialog extends ConfirmDialog {
  private final transient SessionRow session;
  private final transient OperatorActions actions;
  private final TextField reason = new TextField("Reason");
  private final Select<Ban> ban = new Select<>();
  private final Button confirm = new Button("Kick");

  /** How long the device may not come back. */
  private enum Ban {
    NONE("may come back at once", Duration.ZERO),
    MINUTES("not for 5 minutes", Duration.ofMinutes(5)),
    HOUR("not for 1 hour", Duration.ofHours(1)),
    DAY("not for 1 day", Duration.ofDays(1));

    private final String label;
    private final Duration time;

    Ban(String label, Duration time) {
      this.label = label;
      this.time = time;
    }
  }

  KickDialog(SessionRow session, OperatorActions actions) {
    this.session = session;
    this.actions = actions;
    setId("kick-dialog");
    setHeader("Kick " + session.user() + " / " + session.device() + "?");
    reason.setId("kick-reason");
    reason.setRequiredIndicatorVisible(true);
    reason.setMaxLength(OperatorActions.MAX_REASON);
    reason.setHelperText("Recorded, and shown to the client.");
    reason.setWidthFull();
    reason.setAutofocus(true);
    reason.setValueChangeMode(ValueChangeMode.EAGER);
    reason.addValueChangeListener(change -> confirm.setEnabled(!reasonGiven().isEmpty()));
    ban.setId("kick-ban");
    ban.setLabel("The device");
    ban.setItems(Ban.values());
    ban.setItemLabelGenerator(choice -> choice.label);
    ban.setValue(Ban.NONE);
    ban.setWidthFull();
    var content =
        new Div(
            new Paragraph(
                session.detachedAt() == null
                    ? "Its connection to " + session.node() + " is closed, and the session ends."
                    : "It has no connection now. The session ends, and cannot be resumed."),
            reason,
            ban);
    content.addClassName("dialog-content");
    add(content);

    confirm.setId("kick-confirm");
    confirm.addThemeVariants(ButtonVariant.PRIMARY, ButtonVariant.ERROR);
    confirm.setEnabled(false);
    setConfirmButton(confirm);
    setCancelable(true);
    addConfirmListener(event -> kick());
  }

  private String reasonGiven() {
    return reason.getValue().strip();
  }

  private void kick() {
    if (reasonGiven().isEmpty()) {
      return;
    }
    Optional<Duration> banFor = Optional.of(ban.getValue().time).filter(time -> !time.isZero());
    try {
      actions.kick(Operator.required(), session, reasonGiven(), banFor);
      Notices.done("Kick of " + session.user() + " / " + session.device() + " is on its way.");
    } catch (BrokerUnavailableException e) {
      Notices.error("Not kicked: " + e.getMessage());
    }
  }
}
