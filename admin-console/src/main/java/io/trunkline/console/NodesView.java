package io.trunkline.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import jakarta.annotation.security.PermitAll;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The nodes of the cluster, how loaded they are, and their draining. */
@Route(value = "nodes", layout = MainLayout.class)
@PageTitle("Nodes · Trunkline")
@PermitAll
public final class NodesView extends Div {
  private final transient NodeReader reader;
  private final transient NodeActions actions;
  private final transient NodeForgetting forgetting;
  private final transient SessionFeed feed;
  private final transient Background background;
  private final NodeGrid grid = new NodeGrid(this::act);
  private final Figure up = new Figure("nodes-up", "up");
  private final Figure draining = new Figure("nodes-draining", "draining");
  private final Figure gone = new Figure("nodes-gone", "left or dead");
  private final Figure sessions = new Figure("nodes-sessions", "connected sessions");
  private transient NodeReport last = new NodeReport.Unreadable();
  private @Nullable Registration subscription;

  NodesView(
      NodeReader reader,
      NodeActions actions,
      NodeForgetting forgetting,
      SessionFeed feed,
      Background background) {
    this.reader = reader;
    this.actions = actions;
    this.forgetting = forgetting;
    this.feed = feed;
    this.background = background;
    addClassName("page");
    var figures = new Div(sessions, up, draining, gone);
    figures.addClassName("figures");
    var head = new Div(new H1("Nodes"), figures);
    head.addClassName("page-head");
    add(head, grid);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    super.onAttach(event);
    UI ui = event.getUI();
    background.execute(() -> look(ui));
    subscription = feed.subscribe(() -> look(ui));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    if (subscription != null) {
      subscription.remove();
    }
    super.onDetach(event);
  }

  /** On a virtual thread. */
  private void look(UI ui) {
    NodeReport report = reader.read();
    ui.accessLater(() -> show(report), () -> {}).run();
  }

  private void show(NodeReport report) {
    last = report;
    switch (report) {
      case NodeReport.Read read -> {
        sessions.set(read.sessions());
        up.set(read.count(NodeState.UP));
        draining.set(read.count(NodeState.DRAINING));
        gone.set(read.count(NodeState.LEFT) + read.count(NodeState.DEAD));
        grid.setEmptyStateText("No node has ever been here.");
        grid.show(read.lines());
      }
      case NodeReport.Unreadable _ -> {
        List.of(sessions, up, draining, gone).forEach(Figure::unknown);
        grid.setEmptyStateText("The database does not answer.");
        grid.show(List.of());
      }
    }
  }

  private void act(NodeRow node) {
    Operator operator = Operator.required();
    switch (node.state()) {
      case UP -> {
        List<String> others =
            last instanceof NodeReport.Read read ? read.othersUp(node.id()) : List.of();
        new DrainDialog(
                node,
                others,
                order ->
                    order(
                        () -> actions.drain(operator, node.id(), order),
                        node.id() + " is to drain."))
            .open();
      }
      case DRAINING ->
          order(
              () -> actions.undrain(operator, node.id()), node.id() + " is not to drain any more.");
      case LEFT, DEAD -> new ForgetDialog(node, () -> forget(operator, node.id())).open();
    }
  }

  private void forget(Operator operator, String node) {
    UI ui = getUI().orElseThrow();
    background.execute(
        () -> {
          NodeApi.Forgetting result = forgetting.forget(operator, node);
          ui.accessLater(() -> tell(node, result), () -> {}).run();
          look(ui);
        });
  }

  private static void tell(String node, NodeApi.Forgetting result) {
    switch (result) {
      case NodeApi.Forgetting.Done(long messages) ->
          Notices.done(node + " is forgotten; " + NodeForgetting.words(messages) + ".");
      case NodeApi.Forgetting.Unknown() -> Notices.done(node + " was forgotten already.");
      case NodeApi.Forgetting.Lives() ->
          Notices.error("Not forgotten: " + node + " lives, or its subscription is in use.");
      case NodeApi.Forgetting.Failed(String why) -> Notices.error("Not forgotten: " + why + ".");
    }
  }

  private void order(Supplier<NodeActions.Outcome> order, String done) {
    UI ui = getUI().orElseThrow();
    background.execute(
        () -> {
          NodeActions.Outcome outcome = order.get();
          ui.accessLater(() -> tell(outcome, done), () -> {}).run();
          look(ui);
        });
  }

  private static void tell(NodeActions.Outcome outcome, String done) {
    switch (outcome) {
      case DONE -> Notices.done(done);
      case DONE_WITHOUT_BROKER ->
          Notices.done(done + " The broker is away: it learns of it when it renews its lease.");
      case NOT_LIVING -> Notices.error("Nothing ordered: the node does not live any more.");
      case DATABASE_AWAY -> Notices.error("Nothing ordered: the database does not answer.");
    }
  }
}
