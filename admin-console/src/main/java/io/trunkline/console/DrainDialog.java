package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks how a node is to be emptied, and says how long that takes. */
final class DrainDialog extends ConfirmDialog {
  static final int MAX_PER_SECOND = 10_000;
  static final Duration WITHIN = Duration.ofMinutes(5);
  private static final int PER_SECOND = 50;
  private static final Duration JITTER = Duration.ofSeconds(5);
  private static final String LEAST_LOADED = "the least loaded node";
  private static final List<Duration> WITHINS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          WITHIN,
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          Duration.ofHours(1));
  private static final List<Duration> JITTERS =
      List.of(
          Duration.ZERO,
          JITTER,
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1));

  private final transient NodeRow node;
  private final IntegerField perSecond = new IntegerField("Clients per second");
  private final Select<Duration> within = new Select<>();
  private final Select<Duration> jitter = new Select<>();
  private final Select<String> target = new Select<>();
  private final TextField reason = new TextField("Reason");
  private final Paragraph estimate = new Paragraph();
  private final Button confirm = new Button("Drain");

  /**
   * @param others nodes that could take the clients
   * @param onConfirm called on the window
   */
  DrainDialog(NodeRow node, List<String> others, Consumer<DrainOrder> onConfirm) {
    this.node = node;
    setId("drain-dialog");
    setHeader("Drain " + node.id() + "?");
    fields(others);
    estimate.setId("drain-estimate");
    estimate.getElement().setAttribute("role", "status");
    var about =
        new Paragraph(
            "It takes no new sessions, and tells its clients one after the other to go to another"
                + " node. They keep their sessions.");
    var pace = new Div(perSecond, jitter);
    pace.addClassName("dialog-row");
    var end = new Div(within, target);
    end.addClassName("dialog-row");
    var content = new Div(about);
    if (others.isEmpty()) {
      var alone =
          new Paragraph(
              "No other node is up: its clients have nowhere to go, and are closed at the end.");
      alone.setId("drain-alone");
      alone.addClassName("ended");
      content.add(alone);
    }
    content.add(reason, pace, end, estimate);
    content.addClassName("dialog-content");
    add(content);

    confirm.setId("drain-confirm");
    confirm.addThemeVariants(ButtonVariant.PRIMARY);
    setConfirmButton(confirm);
    setCancelable(true);
    addConfirmListener(event -> order().ifPresent(onConfirm));
    changed();
  }

  private void fields(List<String> others) {
    reason.setId("drain-reason");
    reason.setRequiredIndicatorVisible(true);
    reason.setMaxLength(OperatorActions.MAX_REASON);
    reason.setHelperText("Recorded, and shown to the other operators.");
    reason.setWidthFull();
    reason.setAutofocus(true);
    reason.setValueChangeMode(ValueChangeMode.EAGER);
    reason.addValueChangeListener(change -> changed());
    perSecond.setId("drain-rate");
    perSecond.setMin(1);
    perSecond.setMax(MAX_PER_SECOND);
    perSecond.setStepButtonsVisible(true);
    perSecond.setValue(defaultRate(node.sessions()));
    perSecond.setValueChangeMode(ValueChangeMode.EAGER);
    perSecond.setI18n(
        new IntegerField.IntegerFieldI18n()
            .setBadInputErrorMessage("A whole number")
            .setMinErrorMessage("At least 1")
            .setMaxErrorMessage("At most " + Texts.count(MAX_PER_SECOND)));
    perSecond.addValueChangeListener(change -> changed());
    choice(jitter, "drain-jitter", "Each waits, at random, up to", JITTERS, JITTER);
    choice(within, "drain-within", "Close what is left after", WITHINS, WITHIN);
    List<String> targets = new ArrayList<>(List.of(LEAST_LOADED));
    targets.addAll(others);
    target.setId("drain-target");
    target.setLabel("Clients go to");
    target.setItems(targets);
    target.setValue(LEAST_LOADED);
  }

  private void choice(
      Select<Duration> select, String id, String label, List<Duration> items, Duration first) {
    select.setId(id);
    select.setLabel(label);
    select.setItems(items);
    select.setItemLabelGenerator(time -> time.isZero() ? "no time" : Texts.longer(time));
    select.setValue(first);
    select.addValueChangeListener(change -> changed());
  }

  /** Such that it is done before what is left is closed, with some air. */
  static int defaultRate(int sessions) {
    long seconds = WITHIN.toSeconds() * 4 / 5;
    return Math.clamp((sessions + seconds - 1) / seconds, PER_SECOND, MAX_PER_SECOND);
  }

  /** For example {@code 500 sessions at 50 a second: about 10 s, and up to 5 s more each.} */
  static String estimate(int sessions, int perSecond, Duration within, Duration jitter) {
    if (sessions == 0) {
      return "It has no sessions: there is nothing to wait for.";
    }
    Duration takes = Duration.ofSeconds((sessions + perSecond - 1L) / perSecond);
    String words =
        Texts.sessions(sessions, "connected")
            + " at "
            + Texts.count(perSecond)
            + " a second: about "
            + Texts.longer(takes)
            + (jitter.isZero() ? "." : ", and up to " + Texts.longer(jitter) + " for the last.");
    long inTime = within.toSeconds() * perSecond;
    return sessions <= inTime
        ? words
        : words
            + " That is longer than "
            + Texts.longer(within)
            + ": about "
            + Texts.count(sessions - inTime)
            + " would be closed all at once.";
  }

  private void changed() {
    Optional<Integer> rate = rate();
    estimate.setText(
        rate.map(
                clients -> estimate(node.sessions(), clients, within.getValue(), jitter.getValue()))
            .orElse("How many clients a second?"));
    confirm.setEnabled(rate.isPresent() && !reason.getValue().isBlank());
  }

  private Optional<Integer> rate() {
    return Optional.ofNullable(perSecond.getValue())
        .filter(clients -> clients >= 1 && clients <= MAX_PER_SECOND);
  }

  private Optional<DrainOrder> order() {
    String why = reason.getValue().strip();
    if (why.isEmpty()) {
      return Optional.empty();
    }
    return rate()
        .map(
            clients ->
                new DrainOrder(
                    Operator.required().name(),
                    why,
                    clients,
                    within.getValue(),
                    jitter.getValue(),
                    Optional.of(target.getValue()).filter(name -> !name.equals(LEAST_LOADED))));
  }
}
