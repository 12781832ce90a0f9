package io.trunkline.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.function.ValueProvider;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import jakarta.annotation.security.PermitAll;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages that were given up, to be looked at and put back. */
@Route(value = "dead-letters", layout = MainLayout.class)
@PageTitle("Dead letters · Trunkline")
@PermitAll
public final class DeadLettersView extends LivePage {
  private static final Logger log = LoggerFactory.getLogger(DeadLettersView.class);
  private static final int PAGE_SIZE = 50;
  private static final int TYPING_PAUSE_MS = 300;
  private static final int MAX_NAME = 200;

  private final transient Retries retries;
  private final transient DeadWatch dead;
  private final DeadQuery query;
  private final Grid<StoredMessage> grid = new Grid<>(PAGE_SIZE);
  private final TextField user = new TextField();
  private final Button retry = new Button(VaadinIcon.REFRESH.create());
  private final Button retryAll = new Button("Retry all…");
  private final Figure count = new Figure("dead-count", "dead letters");
  private long matching;

  DeadLettersView(MessageStore messages, Retries retries, DeadWatch dead) {
    this.retries = retries;
    this.dead = dead;
    this.query = new DeadQuery(messages);
    addClassName("page");
    var figures = new Div(count);
    figures.addClassName("figures");
    var head = new Div(new H1("Dead letters"), figures);
    head.addClassName("page-head");
    columns();
    add(head, tools(), grid);
    showChosen();
  }

  @Override
  Registration follow(UI ui) {
    showCount();
    return dead.subscribe(now -> ui.accessLater(this::refresh, () -> {}).run());
  }

  private Div tools() {
    user.setId("dead-user");
    user.setPlaceholder("User…");
    user.setAriaLabel("User, the whole name");
    user.setPrefixComponent(VaadinIcon.SEARCH.create());
    user.setClearButtonVisible(true);
    user.setMaxLength(MAX_NAME);
    user.setValueChangeMode(ValueChangeMode.LAZY);
    user.setValueChangeTimeout(TYPING_PAUSE_MS);
    user.addValueChangeListener(
        change -> {
          grid.deselectAll();
          query.filter(Optional.of(user.getValue().strip()).filter(name -> !name.isEmpty()));
          showCount();
        });
    retry.setId("dead-retry");
    retry.addThemeVariants(ButtonVariant.PRIMARY);
    retry.addClickListener(
        click -> retries.ask(this, List.copyOf(grid.getSelectedItems()), this::retried));
    retryAll.setId("dead-retry-all");
    retryAll.addClickListener(click -> retries.askAll(this, query.user(), matching, this::retried));
    var tools = new Div(user, retry, retryAll);
    tools.addClassName("filters");
    return tools;
  }

  private void columns() {
    grid.setId("dead-grid");
    grid.setAriaLabel("Dead letters");
    grid.setSizeFull();
    grid.addThemeVariants(GridVariant.NO_BORDER);
    grid.setSelectionMode(Grid.SelectionMode.MULTI);
    grid.addSelectionListener(event -> showChosen());
    text("User", message -> message.message().stream().name());
    text("Device", message -> message.message().recipients().device().orElse("any"));
    grid.addColumn(message()).setHeader("Message").setWidth("18rem").setFlexGrow(2);
    text("Type", message -> message.message().type());
    text("Attempts", message -> Integer.toString(message.attempts()));
    grid.addColumn(stored()).setHeader("Stored").setAutoWidth(true);
    text("Expires", message -> message.message().expiresAt().map(Texts::exact).orElse("never"));
    grid.setDataProvider(query);
  }

  private void text(String header, ValueProvider<StoredMessage, String> value) {
    grid.addColumn(value)
        .setHeader(header)
        .setAutoWidth(true)
        .setResizable(true)
        .setTooltipGenerator(value::apply);
  }

  private static LitRenderer<StoredMessage> message() {
    return LitRenderer.<StoredMessage>of(
            "<a href=\"${item.link}\" title=\"Step by step\" router-link>${item.id}</a>")
        .withProperty("link", message -> MessagesView.link(message.message().id()))
        .withProperty("id", message -> message.message().id());
  }

  private static LitRenderer<StoredMessage> stored() {
    return LitRenderer.<StoredMessage>of("<span title=\"${item.exact}\">${item.ago}</span>")
        .withProperty("exact", message -> Texts.exact(message.storedAt()))
        .withProperty("ago", message -> Texts.ago(message.storedAt(), Instant.now()));
  }

  private void showChosen() {
    int chosen = grid.getSelectedItems().size();
    retry.setText(chosen == 0 ? "Retry selected…" : "Retry " + Texts.count(chosen) + " selected…");
    retry.setEnabled(chosen > 0);
  }

  private void retried() {
    grid.deselectAll();
    refresh();
  }

  private void refresh() {
    query.refreshAll();
    showCount();
  }

  private void showCount() {
    try {
      matching = query.count();
      count.set(matching);
      grid.setEmptyStateText(
          query.user().isPresent() ? "No dead letter of this user." : "No dead letters.");
    } catch (RuntimeException e) {
      log.warn("Dead messages cannot be counted: {}", e.toString());
      matching = 0;
      count.unknown();
      grid.setEmptyStateText("The database does not answer.");
    }
    retryAll.setEnabled(matching > 0);
  }
}
