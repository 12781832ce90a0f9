package io.trunkline.console;

import com.vaadin.flow.component.HasValidation;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.component.textfield.TextField;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Target;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** What to push, and to whom. */
final class PushForm extends Div {
  private static final int MAX_TEXT = 4_000;
  private static final int MAX_NAME = 200;
  private static final int DEFAULT_PRIORITY = 4;

  /** Who gets it. */
  private enum To {
    USER("a user"),
    SESSION("one session"),
    EVERYONE("everyone");

    private final String label;

    To(String label) {
      this.label = label;
    }
  }

  private final RadioButtonGroup<To> to = new RadioButtonGroup<>("Push to");
  private final TextField user = field("push-user", "User");
  private final TextField device = field("push-device", "Device (optional)");
  private final TextField session = field("push-session", "Session id");
  private final TextArea text = new TextArea("Text");
  private final TextField type = field("push-type", "Type");
  private final Checkbox ack = new Checkbox("Expects an acknowledgement", true);
  private final Checkbox persistent = new Checkbox("Persistent");

  PushForm(Consumer<Draft> send) {
    addClassName("push-form");
    to.setId("push-target");
    to.setItems(To.values());
    to.setItemLabelGenerator(choice -> choice.label);
    to.setValue(To.USER);
    to.addValueChangeListener(change -> showTarget());
    text.setId("push-text");
    text.setMaxLength(MAX_TEXT);
    text.setMinRows(2);
    text.setMaxRows(6);
    text.setRequiredIndicatorVisible(true);
    text.addClassName("wide");
    type.setValue("test");
    ack.setId("push-ack");
    persistent.setId("push-persistent");
    var button = new Button("Push", VaadinIcon.PAPERPLANE.create());
    button.setId("push-send");
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.setDisableOnClick(true);
    button.addClickListener(
        click -> {
          try {
            draft().ifPresent(send);
          } finally {
            button.setEnabled(true);
          }
        });
    var target = new Div(user, device, session);
    target.addClassName("push-row");
    var options = new Div(type, ack, persistent, button);
    options.addClassName("push-row");
    add(to, target, text, options);
    showTarget();
  }

  void aimAtUser(String name) {
    to.setValue(To.USER);
    user.setValue(name);
  }

  void aimAtSession(String id) {
    to.setValue(To.SESSION);
    session.setValue(id);
  }

  String textGiven() {
    return text.getValue().strip();
  }

  private void showTarget() {
    user.setVisible(to.getValue() == To.USER);
    device.setVisible(to.getValue() == To.USER);
    session.setVisible(to.getValue() == To.SESSION);
  }

  /** Empty if something is missing; the field then says so. */
  private Optional<Draft> draft() {
    Optional<Target> target = target();
    boolean hasText = require(text, !textGiven().isEmpty(), "Please write something.");
    if (target.isEmpty() || !hasText) {
      return Optional.empty();
    }
    return Optional.of(
        new Draft(
            target.get(),
            ack.getValue() ? Expect.ACK : Expect.NONE,
            Optional.empty(),
            type.getValue().strip(),
            "text/plain; charset=utf-8",
            textGiven().getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            persistent.getValue(),
            DEFAULT_PRIORITY,
            Optional.empty()));
  }

  private Optional<Target> target() {
    return switch (to.getValue()) {
      case USER -> {
        String name = user.getValue().strip();
        yield require(user, !name.isEmpty(), "Please name a user.")
            ? Optional.of(
                new Target.User(
                    name, Optional.of(device.getValue().strip()).filter(it -> !it.isEmpty())))
            : Optional.empty();
      }
      case SESSION -> {
        Optional<UUID> id = uuid(session.getValue().strip());
        require(session, id.isPresent(), "Not a session id.");
        yield id.map(Target.OneSession::new);
      }
      case EVERYONE -> Optional.of(new Target.Everyone());
    };
  }

  private static boolean require(HasValidation field, boolean good, String message) {
    field.setErrorMessage(good ? "" : message);
    field.setInvalid(!good);
    return good;
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static TextField field(String id, String label) {
    var field = new TextField(label);
    field.setId(id);
    field.setMaxLength(MAX_NAME);
    field.setManualValidation(true);
    return field;
  }
}
