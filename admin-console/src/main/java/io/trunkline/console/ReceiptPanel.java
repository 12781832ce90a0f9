package io.trunkline.console;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.data.renderer.LitRenderer;
import java.util.List;
import java.util.Locale;

/** Counters and list of receipts. */
final class ReceiptPanel extends Div {
  private final Figure sent = new Figure("push-sent", "messages sent");
  private final Figure acked = new Figure("push-acked", "acknowledged");
  private final Figure notAcked = new Figure("push-not-acked", "not acknowledged");
  private final Grid<ReceiptLine> grid = new Grid<>();

  ReceiptPanel() {
    addClassName("receipts");
    var figures = new Div(sent, acked, notAcked);
    figures.addClassName("figures");
    var head = new Div(new H2("Receipts"), figures);
    head.addClassName("page-head");
    grid.setId("receipt-grid");
    grid.addThemeVariants(GridVariant.NO_BORDER);
    grid.setSelectionMode(Grid.SelectionMode.NONE);
    grid.setEmptyStateText("Receipts appear here as soon as clients acknowledge.");
    grid.addColumn(status()).setHeader("Status").setAutoWidth(true);
    grid.addColumn(ReceiptLine::user).setHeader("User").setAutoWidth(true);
    grid.addColumn(ReceiptLine::device).setHeader("Device").setAutoWidth(true);
    grid.addColumn(line -> Texts.count(line.afterMs()) + " ms")
        .setHeader("After")
        .setAutoWidth(true);
    grid.addColumn(ReceiptLine::target).setHeader("Pushed to").setAutoWidth(true);
    grid.addColumn(ReceiptLine::detail)
        .setHeader("Detail")
        .setWidth("22rem")
        .setFlexGrow(2)
        .setTooltipGenerator(ReceiptLine::detail);
    add(head, grid);
    show(new Receipts.Snapshot(List.of(), 0, 0, 0));
  }

  void show(Receipts.Snapshot snapshot) {
    sent.set(snapshot.sent());
    acked.set(snapshot.acked());
    notAcked.set(snapshot.notAcked());
    grid.setItems(snapshot.lines());
  }

  private static LitRenderer<ReceiptLine> status() {
    return LitRenderer.<ReceiptLine>of(
            "<span class=\"state state-${item.kind}\">${item.status}</span>")
        .withProperty(
            "status", line -> line.status().name().replace('_', ' ').toLowerCase(Locale.ROOT))
        .withProperty(
            "kind",
            line ->
                switch (line.verdict()) {
                  case ACKED -> "good";
                  case NOT_ACKED -> "bad";
                  case NONE -> "plain";
                });
  }
}
