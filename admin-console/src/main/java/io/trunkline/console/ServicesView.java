package io.trunkline.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import jakarta.annotation.security.PermitAll;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that clients call, as the nodes have them at this moment. */
@Route(value = "services", layout = MainLayout.class)
@PageTitle("Services · Trunkline")
@PermitAll
public final class ServicesView extends LivePage {
  private static final Logger log = LoggerFactory.getLogger(ServicesView.class);

  private final transient ServiceWatch watch;
  private final transient Background background;
  private final ServiceGrid grid = new ServiceGrid();
  private final ServiceDetails details = new ServiceDetails(grid::deselectAll);
  private final Button reload = new Button("Reload routes", VaadinIcon.REFRESH.create());
  private final Span says = new Span("Asking the nodes…");
  private final UnorderedList troubles = new UnorderedList();
  private final Figure services = new Figure("services-count", "services");
  private final Figure inFlight = new Figure("services-in-flight", "calls in flight");
  private final Figure open = new Figure("services-open", "circuits not closed");
  private final Figure nodes = new Figure("services-nodes", "nodes answer");

  ServicesView(ServiceWatch watch, Background background) {
    this.watch = watch;
    this.background = background;
    addClassName("page");
    var figures = new Div(services, inFlight, open, nodes);
    figures.addClassName("figures");
    var head = new Div(new H1("Services"), figures);
    head.addClassName("page-head");
    reload.setId("services-reload");
    reload.setEnabled(false);
    reload.addThemeVariants(ButtonVariant.PRIMARY);
    reload.addClickListener(click -> reload());
    says.setId("services-say");
    says.addClassName("muted");
    says.getElement().setAttribute("role", "status");
    var tools = new Div(reload, says);
    tools.addClassName("filters");
    troubles.setId("services-troubles");
    troubles.addClassName("troubles");
    troubles.getElement().setAttribute("aria-label", "Nodes with trouble");
    troubles.setVisible(false);
    grid.addSelectionListener(
        event -> event.getFirstSelectedItem().ifPresentOrElse(details::show, details::hide));
    var content = new Div(grid, details);
    content.addClassName("master-detail");
    add(head, tools, troubles, content);
  }

  @Override
  Registration follow(UI ui) {
    return watch.subscribe(report -> ui.accessLater(() -> show(report), () -> {}).run());
  }

  private void show(ServiceReport report) {
    switch (report) {
      case ServiceReport.Asked asked -> show(asked);
      case ServiceReport.NoToken _ -> {
        clear("");
        says.setText(
            "The console has no token for the nodes' API. Start it with the setting"
                + " console.api-token, the same as the nodes' api.token.");
      }
      case ServiceReport.NoNodes _ -> {
        clear("The database does not answer.");
        says.setText("Which nodes there are is not known. This page keeps trying.");
      }
    }
  }

  private void clear(String empty) {
    List.of(services, inFlight, open, nodes).forEach(Figure::unknown);
    troubles.setVisible(false);
    reload.setEnabled(false);
    grid.setEmptyStateText(empty);
    grid.show(List.of());
  }

  private void show(ServiceReport.Asked asked) {
    List<NodeServices> answered = asked.answered();
    List<ServiceSum> sums = ServiceSum.of(answered);
    services.set(sums.size());
    inFlight.set(sums.stream().mapToLong(ServiceSum::inFlight).sum());
    open.set(sums.stream().filter(sum -> !List.of("", "closed").contains(sum.circuit())).count());
    nodes.set(Texts.count(answered.size()) + " of " + Texts.count(asked.answers().size()));
    says.setText(says(asked));
    troubles.removeAll();
    for (NodeAnswer answer : asked.answers()) {
      ServiceReport.Asked.trouble(answer)
          .ifPresent(words -> troubles.add(new ListItem(answer.node() + ": " + words)));
    }
    troubles.setVisible(troubles.getChildren().findAny().isPresent());
    reload.setEnabled(!asked.answers().isEmpty());
    grid.setEmptyStateText(
        asked.answers().isEmpty()
            ? "No node is up."
            : answered.isEmpty() ? "No node answers." : "The nodes have no services.");
    grid.show(sums);
    showDetails(sums);
  }

  private static String says(ServiceReport.Asked asked) {
    String unknown =
        asked.unknownCalls() == 0
            ? ""
            : Texts.count(asked.unknownCalls()) + " calls of names that are no service. ";
    return asked.current()
        ? unknown
        : unknown + "The database does not answer: the nodes that were there before are asked.";
  }

  /** One that is gone is not shown any more. */
  private void showDetails(List<ServiceSum> sums) {
    Optional<String> shown = details.shown();
    if (shown.isEmpty()) {
      return;
    }
    sums.stream()
        .filter(sum -> sum.name().equals(shown.get()))
        .findAny()
        .ifPresentOrElse(details::show, grid::deselectAll);
  }

  private void reload() {
    UI ui = getUI().orElseThrow();
    Operator operator = Operator.required();
    reload.setEnabled(false);
    background.execute(
        () -> {
          Optional<List<NodeAnswer>> answers = reloaded(operator);
          ui.accessLater(
                  () -> {
                    reload.setEnabled(true);
                    answers.ifPresentOrElse(
                        all -> new ReloadDialog(all).open(),
                        () -> Notices.error("Nothing reloaded: which nodes live is not known."));
                  },
                  () -> {})
              .run();
        });
  }

  private Optional<List<NodeAnswer>> reloaded(Operator operator) {
    try {
      return watch.reload(operator);
    } catch (RuntimeException e) {
      log.error("The routes cannot be reloaded", e);
      return Optional.empty();
    }
  }
}
