package io.trunkline.console;

import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.provider.ListDataProvider;
import com.vaadin.flow.data.renderer.LitRenderer;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The nodes below each other, with bars; a drained one has a line on how far it is. */
final class NodeGrid extends Grid<NodeReport.Line> {
  private final List<NodeReport.Line> shown = new ArrayList<>();

  /**
   * @param onAct the button of a node was pressed
   */
  NodeGrid(Consumer<NodeRow> onAct) {
    setId("node-grid");
    setAriaLabel("Nodes");
    setSizeFull();
    addThemeVariants(GridVariant.NO_BORDER);
    setSelectionMode(SelectionMode.NONE);
    setEmptyStateText("");
    addColumn(line -> line.row().id())
        .setHeader("Node")
        .setAutoWidth(true)
        .setResizable(true)
        .setTooltipGenerator(line -> line.row().id());
    addColumn(state()).setHeader("State").setWidth("6.5rem").setFlexGrow(0);
    // Beside the state that it changes, and so in sight in a narrow window, too.
    addColumn(act(onAct)).setHeader("").setWidth("6.5rem").setFlexGrow(0);
    addColumn(sessions()).setHeader("Sessions").setWidth("11rem").setFlexGrow(3);
    addColumn(cpu()).setHeader("CPU").setWidth("8rem").setFlexGrow(1);
    addColumn(line -> Texts.bytes(line.row().outboundBytes()))
        .setHeader("Backlog")
        .setTextAlign(ColumnTextAlign.END)
        .setAutoWidth(true)
        .setFlexGrow(0)
        .setTooltipGenerator(line -> "Bytes that wait for slow clients");
    addColumn(started()).setHeader("Started").setAutoWidth(true);
    addColumn(lease()).setHeader("Lease").setAutoWidth(true);
    addColumn(line -> line.row().clientAddress())
        .setHeader("Clients connect to")
        .setAutoWidth(true)
        .setResizable(true)
        .setTooltipGenerator(line -> line.row().clientAddress());
    setItemDetailsRenderer(drain());
    setDetailsVisibleOnClick(false);
    setDataProvider(
        new ListDataProvider<>(shown) {
          @Override
          public Object getId(NodeReport.Line line) {
            return line.row().id();
          }
        });
  }

  /** Takes the place of what was shown; who has the keyboard in it keeps it there. */
  void show(List<NodeReport.Line> lines) {
    boolean sameNodes = ids(shown).equals(ids(lines));
    shown.clear();
    shown.addAll(lines);
    if (sameNodes) {
      // Rows keep their keys: a click that is on its way still finds its row.
      lines.forEach(getDataProvider()::refreshItem);
    } else {
      getDataProvider().refreshAll();
    }
    lines.forEach(line -> setDetailsVisible(line, line.drain().isPresent()));
  }

  private static List<String> ids(List<NodeReport.Line> lines) {
    return lines.stream().map(line -> line.row().id()).toList();
  }

  private static LitRenderer<NodeReport.Line> state() {
    return LitRenderer.<NodeReport.Line>of(
            "<span class=\"state state-${item.tone}\" title=\"${item.about}\">${item.state}</span>")
        .withProperty("about", line -> about(line.row().state()))
        .withProperty("state", line -> line.row().state().name().toLowerCase(Locale.ROOT))
        .withProperty("tone", line -> tone(line.row().state()));
  }

  private static String tone(NodeState state) {
    return switch (state) {
      case UP -> "good";
      case DRAINING -> "warn";
      case LEFT -> "plain";
      case DEAD -> "bad";
    };
  }

  private static String about(NodeState state) {
    return switch (state) {
      case UP -> "It takes clients";
      case DRAINING -> "Not ready: it takes no new clients, and sends those it has elsewhere";
      case LEFT -> "It was stopped";
      case DEAD -> "Its lease ended without a word";
    };
  }

  private static LitRenderer<NodeReport.Line> sessions() {
    return bar("bar-sessions")
        .withProperty("text", line -> live(line) ? Texts.count(line.row().sessions()) : "–")
        .withProperty(
            "part", line -> live(line) ? Texts.percent(line.row().sessions(), line.most()) : 0)
        .withProperty("tone", line -> line.drain().isPresent() ? "warn" : "accent");
  }

  private static LitRenderer<NodeReport.Line> cpu() {
    return bar("bar-cpu")
        .withProperty("text", line -> live(line) ? Texts.percent(line.row().cpu(), 1) + " %" : "–")
        .withProperty("part", line -> live(line) ? Texts.percent(line.row().cpu(), 1) : 0)
        .withProperty("tone", line -> line.row().cpu() > 0.85 ? "bad" : "accent");
  }

  /** The number is the text; the bar is for the eye alone. */
  private static LitRenderer<NodeReport.Line> bar(String kind) {
    return LitRenderer.of(
        "<div class=\"bar "
            + kind
            + "\"><span class=\"bar-text\">${item.text}</span>"
            + "<span class=\"bar-way\" aria-hidden=\"true\">"
            + "<span class=\"bar-part tone-${item.tone}\" style=\"width: ${item.part}%\"></span>"
            + "</span></div>");
  }

  private static boolean live(NodeReport.Line line) {
    return line.row().live();
  }

  private static LitRenderer<NodeReport.Line> started() {
    return time()
        .withProperty("exact", line -> Texts.exact(line.row().startedAt()))
        .withProperty("words", line -> Texts.ago(line.row().startedAt(), Instant.now()));
  }

  private static LitRenderer<NodeReport.Line> lease() {
    return time()
        .withProperty("exact", line -> Texts.exact(line.row().leaseUntil()))
        .withProperty("words", line -> lease(line.row(), Instant.now()));
  }

  private static LitRenderer<NodeReport.Line> time() {
    return LitRenderer.of("<span title=\"${item.exact}\">${item.words}</span>");
  }

  private static String lease(NodeRow row, Instant now) {
    Duration left = Duration.between(now, row.leaseUntil());
    return row.live()
        ? left.isPositive() ? "ends in " + Texts.duration(left) : "about to end"
        : "ended " + Texts.ago(row.leaseUntil(), now);
  }

  private static LitRenderer<NodeReport.Line> act(Consumer<NodeRow> onAct) {
    return LitRenderer.<NodeReport.Line>of(
            "<vaadin-button theme=\"small\" class=\"node-act\""
                + " aria-label=\"${item.label}\" @click=\"${act}\">${item.words}</vaadin-button>")
        .withProperty("words", line -> words(line.row().state()))
        .withProperty("label", line -> words(line.row().state()) + " " + line.row().id())
        .withFunction("act", line -> onAct.accept(line.row()));
  }

  private static String words(NodeState state) {
    return switch (state) {
      case UP -> "Drain…";
      case DRAINING -> "Undrain";
      case LEFT, DEAD -> "Forget…";
    };
  }

  private static LitRenderer<NodeReport.Line> drain() {
    return LitRenderer.<NodeReport.Line>of(
            "<div class=\"drain\"><span class=\"drain-left\">${item.left}</span>"
                + "<span class=\"bar-way\" role=\"progressbar\" aria-valuemin=\"0\""
                + " aria-valuemax=\"100\" aria-valuenow=\"${item.part}\""
                + " aria-label=\"${item.label}\">"
                + "<span class=\"bar-part tone-good\" style=\"width: ${item.part}%\"></span></span>"
                + "<span class=\"muted\">${item.order}</span></div>")
        .withProperty("left", NodeGrid::left)
        .withProperty(
            "part",
            line ->
                line.drain().map(drain -> Texts.percent(gone(line, drain), drain.from())).orElse(0))
        .withProperty("label", line -> "Drain of " + line.row().id())
        .withProperty(
            "order", line -> line.row().drain().map(order -> words(line, order)).orElse(""));
  }

  private static int gone(NodeReport.Line line, NodeReport.Drain drain) {
    return drain.from() - line.row().sessions();
  }

  private static String left(NodeReport.Line line) {
    int left = line.row().sessions();
    int from = line.drain().map(NodeReport.Drain::from).orElse(left);
    return left == 0
        ? "Drained: no connected session is left"
        : Texts.count(left) + " of " + Texts.sessions(from, "connected") + " left";
  }

  private static String words(NodeReport.Line line, DrainOrder order) {
    return line.drain()
        .map(
            drain ->
                "since "
                    + Texts.exact(drain.since())
                    + " by "
                    + order.by()
                    + ": "
                    + order.reason()
                    + " · "
                    + order.perSecond()
                    + " a second to "
                    + order.target().orElse("the least loaded")
                    + " · the rest is closed at "
                    + Texts.exact(drain.since().plus(order.within())))
        .orElse("");
  }
}
