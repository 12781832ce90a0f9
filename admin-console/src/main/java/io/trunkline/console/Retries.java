package io.trunkline.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks before dead messages are put back, does it, and says what came of it. */
final class Retries {
  /** So many of "all" go at once; who wants the others asks again. */
  static final int MAX_AT_ONCE = 1_000;

  private static final int PAGE = 50;
  private static final Logger log = LoggerFactory.getLogger(Retries.class);

  private final OperatorActions actions;
  private final MessageStore messages;
  private final DeadWatch dead;
  private final Background background;

  Retries(OperatorActions actions, MessageStore messages, DeadWatch dead, Background background) {
    this.actions = actions;
    this.messages = messages;
    this.dead = dead;
    this.background = background;
  }

  /**
   * Asks about these.
   *
   * @param page the dialog is opened on its window
   * @param done called on the window when it is over, however it went
   */
  void ask(Component page, List<StoredMessage> chosen, Runnable done) {
    String what =
        chosen.size() == 1
            ? "the message to " + Texts.target(chosen.getFirst().message())
            : Texts.count(chosen.size()) + " messages";
    open(page, what, () -> chosen, done);
  }

  /**
   * Asks about all, at most {@link #MAX_AT_ONCE} of them, the newest first.
   *
   * @param count how many there were at the last look
   */
  void askAll(Component page, Optional<String> user, long count, Runnable done) {
    String what =
        (count > MAX_AT_ONCE ? "the newest " + Texts.count(MAX_AT_ONCE) : "all " + count)
            + " dead messages"
            + user.map(name -> " of " + name).orElse("");
    open(page, what, () -> newest(user), done);
  }

  /** Page by page: each comes with its payload, and there is not room for all of those. */
  private List<StoredMessage> newest(Optional<String> user) {
    Map<Place, StoredMessage> found = new LinkedHashMap<>();
    for (int offset = 0; offset < MAX_AT_ONCE; offset += PAGE) {
      List<StoredMessage> page = messages.dead(user, offset, PAGE);
      page.forEach(message -> found.put(Place.of(message), MessageLookup.withoutPayload(message)));
      if (page.size() < PAGE) {
        break;
      }
    }
    return List.copyOf(found.values());
  }

  private void open(
      Component page, String what, Supplier<List<StoredMessage>> chosen, Runnable done) {
    UI ui = page.getUI().orElseThrow();
    Operator operator = Operator.required();
    var dialog = new ConfirmDialog();
    dialog.setId("retry-dialog");
    dialog.setHeader("Retry " + what + "?");
    dialog.setText(
        "What a client has already acted on without acknowledging may be acted on twice, unless it"
            + " de-duplicates by message id. The attempts begin to count anew.");
    var confirm = new Button("Retry");
    confirm.setId("retry-confirm");
    confirm.addThemeVariants(ButtonVariant.PRIMARY);
    dialog.setConfirmButton(confirm);
    dialog.setCancelable(true);
    dialog.addConfirmListener(event -> background.execute(() -> retry(operator, chosen, ui, done)));
    dialog.open();
  }

  private void retry(
      Operator operator, Supplier<List<StoredMessage>> chosen, UI ui, Runnable done) {
    Runnable notice;
    try {
      var outcome = actions.retry(operator, chosen.get());
      notice =
          outcome.isComplete()
              ? () -> Notices.done(outcome.words())
              : () -> Notices.error(outcome.words());
    } catch (RuntimeException e) {
      log.warn("Dead messages cannot be read: {}", e.toString());
      notice = () -> Notices.error("Nothing retried: the database does not answer.");
    }
    Runnable shown = notice;
    dead.look();
    ui.accessLater(
            () -> {
              shown.run();
              done.run();
            },
            () -> {})
        .run();
  }
}
