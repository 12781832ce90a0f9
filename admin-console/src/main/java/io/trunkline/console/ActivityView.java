package io.trunkline.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import io.trunkline.persistence.OperatorStore;
import io.trunkline.persistence.OperatorStore.Action;
import jakarta.annotation.security.PermitAll;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who did what, the latest first. */
@Route(value = "activity", layout = MainLayout.class)
@PageTitle("Activity · Trunkline")
@PermitAll
public final class ActivityView extends LivePage {
  private static final Logger log = LoggerFactory.getLogger(ActivityView.class);
  private static final int SHOWN = 200;

  private final transient OperatorStore operators;
  private final transient SessionFeed feed;
  private final Grid<Action> grid = new Grid<>();

  ActivityView(OperatorStore operators, SessionFeed feed) {
    this.operators = operators;
    this.feed = feed;
    addClassName("page");
    grid.setId("activity-grid");
    grid.setAriaLabel("Actions of operators");
    grid.setSizeFull();
    grid.addThemeVariants(GridVariant.NO_BORDER);
    grid.setSelectionMode(Grid.SelectionMode.NONE);
    grid.setEmptyStateText("Nobody has done anything yet.");
    grid.addColumn(action -> Texts.exact(action.at())).setHeader("When").setAutoWidth(true);
    grid.addColumn(Action::operator).setHeader("Operator").setAutoWidth(true);
    grid.addColumn(Action::action).setHeader("Action").setAutoWidth(true);
    grid.addColumn(action -> action.target().orElse("–")).setHeader("Target").setAutoWidth(true);
    grid.addColumn(Action::detail)
        .setHeader("Detail")
        .setWidth("16rem")
        .setFlexGrow(3)
        .setTooltipGenerator(Action::detail);
    grid.addColumn(Action::outcome)
        .setHeader("Outcome")
        .setWidth("11rem")
        .setTooltipGenerator(Action::outcome);
    grid.addColumn(Action::via).setHeader("Via").setAutoWidth(true);
    var about = new Paragraph("The latest " + SHOWN + " actions of operators.");
    about.addClassName("muted");
    var head = new Div(new H1("Activity"), about);
    head.addClassName("page-head");
    add(head, grid);
  }

  @Override
  Registration follow(UI ui) {
    refresh();
    return feed.subscribe(() -> ui.accessLater(this::refresh, () -> {}).run());
  }

  private void refresh() {
    try {
      grid.setItems(operators.latest(SHOWN));
    } catch (RuntimeException e) {
      log.warn("Actions cannot be read: {}", e.toString());
    }
  }
}
