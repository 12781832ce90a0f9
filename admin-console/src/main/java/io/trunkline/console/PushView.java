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
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Target;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import jakarta.annotation.security.PermitAll;
import java.time.Duration;
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
  private final transient AudienceCount count;
  private final PushTarget target;
  private final PushForm form;
  private final ReceiptPanel panel = new ReceiptPanel();
  private transient @Nullable Receipts receipts;
  private transient @Nullable Coalescer refresh;

  PushView(SessionDirectory sessions, OperatorActions actions, Background background) {
    this.sessions = sessions;
    this.actions = actions;
    this.background = background;
    this.count = new AudienceCount(sessions);
    this.target = new PushTarget(count, background);
    this.form = new PushForm(target, this::ask);
    addClassName("page");
    var head = new Div(new H1("Push"));
    head.addClassName("page-head");
    add(head, form, panel);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    QueryParameters parameters = event.getLocation().getQueryParameters();
    parameters.getSingleParameter("user").ifPresent(target::aimAtUser);
    parameters.getSingleParameter("session").ifPresent(target::aimAtSession);
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
    switch (draft.target()) {
      case Target.User _, Target.OneSession _ -> push(draft);
      case Target.Everyone _ -> confirm(draft, "everyone", liveSessions());
      case Target.Topic(String topic) ->
          confirm(draft, "topic " + topic, "whoever has subscribed to it");
      case Target.Audience audience -> {
        ConfirmDialog dialog = confirm(draft, "an audience", "… (counting)");
        background.execute(
            () -> {
              String matched = count.words(audience.compiled());
              dialog
                  .getUI()
                  .ifPresent(
                      ui ->
                          ui.accessLater(() -> dialog.setText(says(draft, matched)), () -> {})
                              .run());
            });
      }
    }
  }

  private ConfirmDialog confirm(Draft draft, String whom, String reaches) {
    var dialog = new ConfirmDialog();
    dialog.setId("push-many-dialog");
    dialog.setHeader("Push to " + whom + "?");
    dialog.setText(says(draft, reaches));
    var confirm = new Button("Push to " + whom);
    confirm.setId("push-confirm");
    confirm.addThemeVariants(ButtonVariant.PRIMARY);
    dialog.setConfirmButton(confirm);
    dialog.setCancelable(true);
    dialog.addConfirmListener(event -> push(draft));
    dialog.open();
    return dialog;
  }

  private static String says(Draft draft, String reaches) {
    return "This goes to "
        + reaches
        + "."
        + (draft.persistent() ? " It is stored: who is away now can still get it later." : "");
  }

  private String liveSessions() {
    try {
      long all = sessions.count(SessionFilter.ALL);
      return Texts.sessions(all, "live");
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
    Pushed pushed = Pushed.now(draft);
    try {
      JmsBridge.Publication publication =
          actions.push(
              Operator.required(),
              draft,
              form.textGiven(),
              receipt -> following.accept(pushed, receipt));
      following.follow(publication);
      panel.showLast(pushed, draft.id().orElse(publication.messageId()));
      Notices.done("Pushed to " + pushed.target() + ".");
    } catch (BrokerUnavailableException e) {
      Notices.error("Not pushed: " + e.getMessage());
    }
  }
}
