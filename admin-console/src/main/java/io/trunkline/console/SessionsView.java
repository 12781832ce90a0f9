package io.trunkline.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import io.trunkline.jms.AttributeSelector;
import io.trunkline.jms.InvalidSelector;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.SessionFilter;
import jakarta.annotation.security.PermitAll;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is connected right now. */
@Route(value = "", layout = MainLayout.class)
@PageTitle("Live sessions · Trunkline")
@PermitAll
public final class SessionsView extends LivePage {
  private static final Logger log = LoggerFactory.getLogger(SessionsView.class);
  private static final int TYPING_PAUSE_MS = 300;
  private static final String ANY_STATE = "any state";
  private static final SessionFilter DETACHED =
      new SessionFilter(Optional.empty(), Optional.empty(), Optional.of("DETACHED"), Map.of());

  private final transient Stores stores;
  private final transient SessionFeed feed;
  private final SessionQuery query;
  private final SessionGrid grid;
  private final SessionDetails details;
  private final TextField user = new TextField();
  private final Select<String> state = new Select<>();
  private final TextField selector = new TextField();
  private final Span matches = new Span();
  private final Figure live = new Figure("session-count", "live sessions");
  private final Figure detached = new Figure("detached-count", "of these detached, may resume");
  private final Figure nodes = new Figure("node-count", "nodes");

  SessionsView(Stores stores, SessionFeed feed, OperatorActions actions) {
    this.stores = stores;
    this.feed = feed;
    this.query = new SessionQuery(stores.sessions());
    this.grid = new SessionGrid(query);
    this.details = new SessionDetails(stores.sessions(), actions, grid::deselectAll);
    addClassName("page");
    grid.addSelectionListener(
        event -> event.getFirstSelectedItem().ifPresentOrElse(details::show, details::hide));

    var figures = new Div(live, detached, nodes);
    figures.addClassName("figures");
    var head = new Div(new H1("Live sessions"), figures);
    head.addClassName("page-head");
    var content = new Div(grid, details);
    content.addClassName("master-detail");
    add(head, filters(), content);
  }

  @Override
  Registration follow(UI ui) {
    showFigures();
    return feed.subscribe(() -> ui.accessLater(this::refresh, () -> {}).run());
  }

  private Div filters() {
    user.setId("user-filter");
    user.setPlaceholder("User begins with…");
    user.setAriaLabel("User begins with");
    user.setPrefixComponent(VaadinIcon.SEARCH.create());
    user.setClearButtonVisible(true);
    user.setValueChangeMode(ValueChangeMode.LAZY);
    user.setValueChangeTimeout(TYPING_PAUSE_MS);
    user.addValueChangeListener(change -> filter());
    state.setId("state-filter");
    state.setAriaLabel("State");
    state.setItems(ANY_STATE, "ACTIVE", "DETACHED");
    state.setValue(ANY_STATE);
    state.addValueChangeListener(change -> filter());
    selector.setId("selector-filter");
    selector.setPlaceholder("Selector: platform = 'ios' AND …");
    selector.setAriaLabel("Selector");
    selector.setPrefixComponent(VaadinIcon.FILTER.create());
    selector.setClearButtonVisible(true);
    selector.setMaxLength(AttributeSelector.MAX_CHARS);
    // What is half typed is seldom a selector: on Enter or when the field is left.
    selector.setValueChangeMode(ValueChangeMode.ON_CHANGE);
    selector.setManualValidation(true);
    selector.addValueChangeListener(change -> filter());
    matches.setId("session-matches");
    matches.addClassName("muted");
    var filters = new Div(user, state, selector, matches);
    filters.addClassName("filters");
    return filters;
  }

  private void filter() {
    Optional<String> wantedState =
        Optional.of(state.getValue()).filter(value -> !value.equals(ANY_STATE));
    Optional<String> prefix = Optional.of(user.getValue().strip()).filter(text -> !text.isEmpty());
    Optional<AttributeSelector> matching;
    try {
      matching = selector();
      selector.setInvalid(false);
    } catch (InvalidSelector e) {
      selector.setErrorMessage("At character " + e.position() + ": " + e.reason());
      selector.setInvalid(true);
      return;
    }
    query.filter(new SessionFilter(prefix, Optional.empty(), wantedState, Map.of()), matching);
    showFigures();
  }

  private Optional<AttributeSelector> selector() throws InvalidSelector {
    String text = selector.getValue().strip();
    return text.isEmpty() ? Optional.empty() : Optional.of(AttributeSelector.of(text));
  }

  private void refresh() {
    query.refreshAll();
    showFigures();
    details.refresh();
  }

  private void showFigures() {
    try {
      long all = stores.sessions().count(SessionFilter.ALL);
      live.set(all);
      grid.databaseAnswers(true);
      detached.set(stores.sessions().count(DETACHED));
      nodes.set(stores.nodes().list().stream().filter(NodeStore.NodeRow::live).count());
      matches.setText(query.summary());
    } catch (RuntimeException e) {
      log.warn("Figures cannot be read: {}", e.toString());
      live.unknown();
      detached.unknown();
      nodes.unknown();
      matches.setText("");
      grid.databaseAnswers(false);
    }
  }
}
