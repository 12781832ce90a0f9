package io.trunkline.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.trunkline.persistence.StoredMessage;
import jakarta.annotation.security.PermitAll;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of a message, step by step; {@code ?id=} names it. */
@Route(value = "messages", layout = MainLayout.class)
@PageTitle("Messages · Trunkline")
@PermitAll
public final class MessagesView extends Div implements BeforeEnterObserver {
  private static final String ID = "id";

  /** Message ids of other protocols can be long. */
  private static final int MAX_ID = 4_096;

  private final transient MessageLookup lookup;
  private final transient Retries retries;
  private final transient Background background;
  private final TextField id = new TextField("Message id");
  private final Paragraph says = new Paragraph();
  private final Div result = new Div();
  private final transient Map<Place, DeliveryCard> cards = new HashMap<>();
  private String wanted = "";
  private transient @Nullable MessageWatch watch;

  MessagesView(MessageLookup lookup, Retries retries, Background background) {
    this.lookup = lookup;
    this.retries = retries;
    this.background = background;
    addClassName("page");
    id.setId("message-id");
    id.setHelperText("The publisher's tl_id, or the JMS message id with or without ID:");
    id.setPrefixComponent(VaadinIcon.SEARCH.create());
    id.setClearButtonVisible(true);
    id.setMaxLength(MAX_ID);
    var button = new Button("Look up", click -> ask());
    button.setId("message-lookup");
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.addClickShortcut(Key.ENTER).listenOn(id).resetFocusOnActiveElement();
    var search = new Div(id, button);
    search.addClassName("search-row");
    says.setId("message-says");
    says.addClassName("muted");
    says.getElement().setAttribute("role", "status");
    result.setId("message-result");
    result.addClassName("message-result");
    // Who has no wheel scrolls it by keyboard.
    result.getElement().setAttribute("tabindex", "0").setAttribute("role", "region");
    result.getElement().setAttribute("aria-label", "Deliveries of the message");
    var head = new Div(new H1("Messages"));
    head.addClassName("page-head");
    add(head, search, says, result);
    clear();
  }

  /** A reference to this page with a message, for an anchor. */
  static String link(String messageId) {
    return "messages?" + parameters(messageId).getQueryString();
  }

  private static QueryParameters parameters(String messageId) {
    return QueryParameters.simple(Map.of(ID, messageId));
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    wanted =
        event
            .getLocation()
            .getQueryParameters()
            .getSingleParameter(ID)
            .map(String::strip)
            .orElse("");
    id.setValue(wanted);
    clear();
    follow();
  }

  @Override
  protected void onAttach(AttachEvent event) {
    super.onAttach(event);
    UI ui = event.getUI();
    watch =
        new MessageWatch(
            background, lookup::read, report -> ui.accessLater(() -> show(report), () -> {}).run());
    follow();
  }

  @Override
  protected void onDetach(DetachEvent event) {
    if (watch != null) {
      watch.close();
      watch = null;
    }
    super.onDetach(event);
  }

  private void follow() {
    if (watch != null && !wanted.isEmpty()) {
      watch.follow(wanted);
    } else if (watch != null) {
      watch.close();
    }
  }

  private void ask() {
    String given = id.getValue().strip();
    getUI()
        .ifPresent(
            ui ->
                ui.navigate(
                    MessagesView.class,
                    given.isEmpty() ? QueryParameters.empty() : parameters(given)));
  }

  private void clear() {
    cards.clear();
    result.removeAll();
    result.setVisible(false);
    says.setText(wanted.isEmpty() ? "" : "Looking…");
  }

  private void show(MessageReport report) {
    switch (report) {
      case MessageReport.Found found -> show(found);
      case MessageReport.NotFound _ -> {
        clear();
        says.setText(
            "No message is stored under this id. What is published as non-persistent never is, and"
                + " what is settled goes after some time; its steps may still be in"
                + " report.delivery_trace. This page keeps looking.");
      }
      case MessageReport.Unreadable _ ->
          says.setText("The database does not answer. This page keeps trying.");
    }
  }

  private void show(MessageReport.Found found) {
    List<Place> places = found.deliveries().stream().map(MessageReport.Delivery::place).toList();
    if (!cards.keySet().equals(Set.copyOf(places))) {
      clear();
    }
    result.setVisible(true);
    for (MessageReport.Delivery delivery : found.deliveries()) {
      cards.computeIfAbsent(delivery.place(), place -> addCard()).show(delivery);
    }
    says.setText(
        found.more()
            ? "Stored for many targets; the first " + places.size() + " are shown."
            : places.size() == 1 ? "" : "Stored for " + places.size() + " targets.");
  }

  private DeliveryCard addCard() {
    var card = new DeliveryCard(this::askRetry);
    result.add(card);
    return card;
  }

  private void askRetry(StoredMessage message) {
    retries.ask(this, List.of(message), this::follow);
  }
}
