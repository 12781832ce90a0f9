package io.trunkline.console;

import com.vaadin.flow.component.HasValidation;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.textfield.TextField;
import io.trunkline.jms.AttributeSelector;
import io.trunkline.jms.InvalidSelector;
import io.trunkline.jms.Target;
import java.util.Optional;
import java.util.UUID;

/** To whom to push. */
final class PushTarget extends Div {
  private static final int MAX_NAME = 128;

  /** Who gets it. */
  private enum To {
    USER("a user"),
    SESSION("one session"),
    TOPIC("a topic"),
    AUDIENCE("an audience"),
    EVERYONE("everyone");

    private final String label;

    To(String label) {
      this.label = label;
    }
  }

  private final transient AudienceCount count;
  private final transient Background background;
  private final RadioButtonGroup<To> to = new RadioButtonGroup<>("Push to");
  private final TextField user = field("push-user", "User");
  private final TextField device = field("push-device", "Device (optional)");
  private final TextField session = field("push-session", "Session id");
  private final TextField topic = field("push-topic", "Topic");
  private final TextField selector = field("push-selector", "Selector");
  private final Button dryRun = new Button("Count");
  private final Span counted = new Span();

  PushTarget(AudienceCount count, Background background) {
    this.count = count;
    this.background = background;
    addClassName("push-target");
    to.setId("push-target");
    to.setItems(To.values());
    to.setItemLabelGenerator(choice -> choice.label);
    to.setValue(To.USER);
    to.addValueChangeListener(change -> showTarget());
    selector.setMaxLength(AttributeSelector.MAX_CHARS);
    selector.setHelperText(
        "Of sessions' attributes: platform = 'ios' AND region IN ('east', 'north')");
    selector.addValueChangeListener(change -> counted.setText(""));
    dryRun.setId("push-count");
    dryRun.addClickListener(click -> count());
    counted.setId("push-counted");
    counted.getElement().setAttribute("role", "status");
    var fields = new Div(user, device, session, topic, selector, dryRun, counted);
    fields.addClassName("push-row");
    add(to, fields);
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

  /** Empty if something is missing; the field then says so. */
  Optional<Target> target() {
    return switch (to.getValue()) {
      case USER ->
          given(user, "Please name a user.")
              .map(name -> new Target.User(name, Texts.given(device.getValue())));
      case SESSION -> {
        Optional<UUID> id = uuid(session.getValue().strip());
        require(session, id.isPresent(), "Not a session id.");
        yield id.map(Target.OneSession::new);
      }
      case TOPIC -> given(topic, "Please name a topic.").map(Target.Topic::new);
      case AUDIENCE -> selector().map(valid -> new Target.Audience(valid.text()));
      case EVERYONE -> Optional.of(new Target.Everyone());
    };
  }

  private void showTarget() {
    To now = to.getValue();
    user.setVisible(now == To.USER);
    device.setVisible(now == To.USER);
    session.setVisible(now == To.SESSION);
    topic.setVisible(now == To.TOPIC);
    selector.setVisible(now == To.AUDIENCE);
    dryRun.setVisible(now == To.AUDIENCE);
    counted.setVisible(now == To.AUDIENCE);
  }

  private Optional<AttributeSelector> selector() {
    Optional<String> text = given(selector, "Please write a selector.");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AttributeSelector.of(text.get()));
    } catch (InvalidSelector e) {
      require(selector, false, "Not a selector, " + e.getMessage());
      return Optional.empty();
    }
  }

  private void count() {
    counted.setText("");
    Optional<AttributeSelector> valid = selector();
    if (valid.isEmpty()) {
      return;
    }
    counted.setText("Counting…");
    UI ui = UI.getCurrent();
    background.execute(
        () -> {
          String words = count.words(valid.get());
          ui.accessLater(
                  () -> {
                    if (selector.getValue().strip().equals(valid.get().text())) {
                      counted.setText("Matches " + words + ".");
                    }
                  },
                  () -> {})
              .run();
        });
  }

  private static Optional<String> given(TextField field, String complaint) {
    Optional<String> text = Texts.given(field.getValue());
    require(field, text.isPresent(), complaint);
    return text;
  }

  private static void require(HasValidation field, boolean good, String complaint) {
    field.setErrorMessage(good ? "" : complaint);
    field.setInvalid(!good);
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
