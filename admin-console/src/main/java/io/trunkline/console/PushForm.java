package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.component.textfield.TextField;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** What to push, to whom, and how. */
final class PushForm extends Div {
  private static final int MAX_TEXT = 4_000;
  private static final int MAX_NAME = 128;
  private static final int DEFAULT_PRIORITY = 4;

  /** What becomes of it where nobody takes it at once. */
  private enum Keeping {
    NOT_KEPT("to whoever is connected now"),
    STORED("stored until acknowledged");

    private final String label;

    Keeping(String label) {
      this.label = label;
    }
  }

  /** How long a stored message may wait. */
  private enum Expiry {
    MINUTES("after 5 minutes", Optional.of(Duration.ofMinutes(5))),
    HOUR("after 1 hour", Optional.of(Duration.ofHours(1))),
    DAY("after 1 day", Optional.of(Duration.ofDays(1))),
    NEVER("never", Optional.empty());

    private final String label;
    private final Optional<Duration> time;

    Expiry(String label, Optional<Duration> time) {
      this.label = label;
      this.time = time;
    }
  }

  private final PushTarget target;
  private final TextArea text = new TextArea("Text");
  private final RadioButtonGroup<Keeping> keeping = new RadioButtonGroup<>("Delivery");
  private final Select<Expiry> expiry = new Select<>();
  private final Select<Expect> expect = new Select<>();
  private final TextField type = field("push-type", "Type");
  private final TextField id = field("push-id", "Message id (optional)");
  private final TextField key = field("push-key", "Conflation key (optional)");

  PushForm(PushTarget target, Consumer<Draft> send) {
    this.target = target;
    addClassName("push-form");
    text.setId("push-text");
    text.setMaxLength(MAX_TEXT);
    text.setMinRows(2);
    text.setMaxRows(6);
    text.setRequiredIndicatorVisible(true);
    text.addClassName("wide");
    options();
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
    var how = new Div(keeping, expiry, expect);
    how.addClassName("push-row");
    var rare = new Div(type, id, key);
    rare.addClassName("push-row");
    var more = new Details("More", rare);
    more.setId("push-more");
    var last = new Div(button, more);
    last.addClassName("push-row");
    add(target, text, how, last);
  }

  String textGiven() {
    return text.getValue().strip();
  }

  private void options() {
    keeping.setId("push-keeping");
    keeping.setItems(Keeping.values());
    keeping.setItemLabelGenerator(choice -> choice.label);
    keeping.setValue(Keeping.NOT_KEPT);
    keeping.addValueChangeListener(change -> expiry.setVisible(isStored()));
    expiry.setId("push-expiry");
    expiry.setLabel("Expires");
    expiry.setItems(Expiry.values());
    expiry.setItemLabelGenerator(choice -> choice.label);
    expiry.setValue(Expiry.HOUR);
    expiry.setVisible(false);
    expect.setId("push-expect");
    expect.setLabel("Expects of clients");
    expect.setItems(Expect.ACK, Expect.REPLY, Expect.NONE);
    expect.setItemLabelGenerator(
        choice ->
            switch (choice) {
              case ACK -> "an acknowledgement";
              case REPLY -> "a reply";
              case NONE -> "nothing";
            });
    expect.setValue(Expect.ACK);
    type.setValue("test");
  }

  private boolean isStored() {
    return keeping.getValue() == Keeping.STORED;
  }

  /** Empty if something is missing; the field then says so. */
  private Optional<Draft> draft() {
    Optional<Target> to = target.target();
    boolean hasText = !textGiven().isEmpty();
    text.setErrorMessage(hasText ? "" : "Please write something.");
    text.setInvalid(!hasText);
    if (to.isEmpty() || !hasText) {
      return Optional.empty();
    }
    return Optional.of(
        new Draft(
            to.get(),
            expect.getValue(),
            Texts.given(id.getValue()),
            type.getValue().strip(),
            "text/plain; charset=utf-8",
            textGiven().getBytes(StandardCharsets.UTF_8),
            Texts.given(key.getValue()),
            isStored(),
            DEFAULT_PRIORITY,
            isStored() ? expiry.getValue().time : Optional.empty()));
  }

  private static TextField field(String id, String label) {
    var field = new TextField(label);
    field.setId(id);
    field.setMaxLength(MAX_NAME);
    return field;
  }
}
