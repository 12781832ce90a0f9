package io.trunkline.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Target;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import jakarta.annotation.security.PermitAll;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pushes a test message and shows who has acknowledged it. */
@Route(value = "push", layout = MainLayout.class)
@PageTitle("Push · Trunkline")
@PermitAll
public final class PushView extends Div implements BeforeEnterObserver {
  private static final Logger log = LoggerFactory.getLogger(PushView.class);
  private static final Duration RECEIPT_INTERVAL = Duration.ofMillis(200);

  private final transient SessionDirectory sessions;
  private final transient OperatorActions actions;
  private final transient Background background;
  private final PushForm form = new PushForm(this::ask);
  private final ReceiptPanel panel = new ReceiptPanel();
  private transient @Nullable Receipts receipts;
  private transient @Nullable Coalescer refresh;

  PushView(SessionDirectory sessions, OperatorActions actions, Background background) {
    this.sessions = sessions;
    this.actions = actions;
    this.background = background;
    addClassName("page");
    var head = new Div(new H1("Push"));
    head.addClassName("page-head");
    add(head, form, panel);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    QueryParameters parameters = event.getLocation().getQueryParameters();
    parameters.getSingleParameter("user").ifPresent(form::aimAtUser);
    parameters.getSingleParameter("session").ifPresent(form::aimAtSession);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    super.onAttach(event);
    UI ui = event.getUI();
    var newRefresh =
        new Coalescer(
            background, RECEIPT_INTERVAL, () -> ui.accessLater(this::showReceipts, () -> {}).run());
    refresh = newRefresh;
    receipts = new Receipts(newRefresh::signal);
  }

  @Override
  protected void onDetach(DetachEvent event) {
    if (receipts != null && refresh != null) {
      receipts.close();
      refresh.close();
    }
    super.onDetach(event);
  }

  private void showReceipts() {
    if (receipts != null) {
      panel.show(receipts.snapshot());
    }
  }

  private void ask(Draft draft) {
    if (!(draft.target() instanceof Target.Everyone)) {
      push(draft);
      return;
    }
    var dialog = new ConfirmDialog();
    dialog.setId("push-everyone-dialog");
    dialog.setHeader("Push to everyone?");
    dialog.setText("This goes to " + liveSessions() + ".");
    var confirm = new Button("Push to everyone");
    confirm.setId("push-confirm");
    confirm.addThemeVariants(ButtonVariant.PRIMARY);
    dialog.setConfirmButton(confirm);
    dialog.setCancelable(true);
    dialog.addConfirmListener(event -> push(draft));
    dialog.open();
  }

  private String liveSessions() {
    try {
      long count = sessions.count(SessionFilter.ALL);
      return count == 1 ? "1 live session" : Texts.count(count) + " live sessions";
    } catch (RuntimeException e) {
      log.warn("Sessions cannot be counted: {}", e.toString());
      return "all live sessions; how many is not known, the database does not answer";
    }
  }

  private void push(Draft draft) {
    Receipts following = receipts;
    if (following == null) {
      return;
    }
    String target = OperatorActions.describe(draft.target());
    Instant published = Instant.now();
    try {
      following.follow(
          actions.push(
              Operator.required(),
              draft,
              form.textGiven(),
              receipt -> following.accept(target, published, receipt)));
      Notices.done("Pushed to " + target + ".");
    } catch (BrokerUnavailableException e) {
      Notices.error("Not pushed: " + e.getMessage());
    }
  }
}
