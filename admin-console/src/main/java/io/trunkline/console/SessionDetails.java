package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.router.QueryParameters;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionRow;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything about one session, and what can be done to it. */
final class SessionDetails extends Div {
  private static final Logger log = LoggerFactory.getLogger(SessionDetails.class);

  private final transient SessionDirectory sessions;
  private final transient OperatorActions actions;
  private final H2 title = new H2();
  private final Paragraph ended = new Paragraph("This session has ended.");
  private final DescriptionList facts = new DescriptionList();
  private final Button kick = new Button("Kick…", VaadinIcon.UNLINK.create());
  private final Button push = new Button("Push test…", VaadinIcon.PAPERPLANE.create());
  private transient @Nullable SessionRow shown;

  SessionDetails(SessionDirectory sessions, OperatorActions actions, Runnable onClose) {
    this.sessions = sessions;
    this.actions = actions;
    setId("session-details");
    addClassName("details");
    setVisible(false);
    ended.setId("session-ended");
    ended.addClassName("ended");

    var close = new Button(VaadinIcon.CLOSE.create(), click -> onClose.run());
    close.setId("details-close");
    close.setAriaLabel("Close details");
    close.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.SMALL);
    var head = new Div(title, close);
    head.addClassName("details-head");

    kick.setId("kick-button");
    kick.addThemeVariants(ButtonVariant.ERROR);
    kick.addClickListener(click -> kick());
    push.setId("push-test-button");
    push.addClickListener(click -> push());
    var acts = new Div(kick, push);
    acts.addClassName("details-acts");
    add(head, ended, acts, facts);
  }

  void show(SessionRow session) {
    shown = session;
    setVisible(true);
    setEnded(false);
    title.setText(session.user());
    facts.removeAll();
    fact("Device", session.device());
    fact("State", session.state().toLowerCase(Locale.ROOT));
    fact("Client", session.clientName() + " " + session.clientVersion());
    fact("Platform", session.platform());
    fact("Transport", session.transport());
    fact("Address", session.remoteAddress());
    fact("Node", session.node());
    fact("Connected", when(session.startedAt()));
    Instant detachedAt = session.detachedAt();
    if (detachedAt != null) {
      fact("Detached", when(detachedAt));
    }
    Instant resumableUntil = session.resumableUntil();
    if (resumableUntil != null) {
      fact("Resumable until", Texts.exact(resumableUntil));
    }
    fact("Session", session.id().toString());
    fact("Epoch", Integer.toString(session.epoch()));
    new TreeMap<>(session.attributes()).forEach(this::fact);
  }

  void hide() {
    shown = null;
    setVisible(false);
  }

  /** Reads the session again; says so if it has ended. */
  void refresh() {
    SessionRow before = shown;
    if (before == null) {
      return;
    }
    try {
      Optional<SessionRow> now = sessions.find(before.id());
      now.ifPresentOrElse(this::show, () -> setEnded(true));
    } catch (RuntimeException e) {
      log.warn("Session {} cannot be read: {}", before.id(), e.toString());
    }
  }

  private void setEnded(boolean isEnded) {
    ended.setVisible(isEnded);
    kick.setEnabled(!isEnded);
    push.setEnabled(!isEnded);
  }

  private void fact(String name, String value) {
    facts.add(
        new DescriptionList.Term(name),
        new DescriptionList.Description(value.isEmpty() ? "–" : value));
  }

  private static String when(Instant instant) {
    return Texts.exact(instant) + " (" + Texts.ago(instant, Instant.now()) + ")";
  }

  private void kick() {
    if (shown != null) {
      new KickDialog(shown, actions).open();
    }
  }

  private void push() {
    SessionRow session = shown;
    if (session != null) {
      getUI()
          .ifPresent(
              ui ->
                  ui.navigate(
                      PushView.class,
                      QueryParameters.simple(
                          Map.of("session", session.id().toString(), "user", session.user()))));
    }
  }
}
