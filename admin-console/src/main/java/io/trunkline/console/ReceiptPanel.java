package io.trunkline.console;

import com.vaadin.flow.component.Text;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.AnchorTarget;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.data.renderer.LitRenderer;
import java.util.List;

/** Counters and list of receipts. */
final class ReceiptPanel extends Div {
  private final Figure sent = new Figure("push-sent", "messages sent");
  private final Figure acked = new Figure("push-acked", "acknowledged");
  private final Figure notAcked = new Figure("push-not-acked", "not acknowledged");
  private final Paragraph last = new Paragraph();
  private final Grid<ReceiptLine> grid = new Grid<>();

  ReceiptPanel() {
    addClassName("receipts");
    var figures = new Div(sent, acked, notAcked);
    figures.addClassName("figures");
    var head = new Div(new H2("Receipts"), figures);
    head.addClassName("page-head");
    grid.setId("receipt-grid");
    grid.setAriaLabel("Receipts");
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
    grid.addColumn(trace()).setHeader("Trace").setAutoWidth(true);
    grid.addColumn(ReceiptLine::detail)
        .setHeader("Detail")
        .setWidth("22rem")
        .setFlexGrow(2)
        .setTooltipGenerator(ReceiptLine::detail);
    last.setId("push-last");
    last.getElement().setAttribute("role", "status");
    add(head, last, grid);
    show(new Receipts.Snapshot(List.of(), 0, 0, 0));
  }

  /** The newest message; it has a trace before it has any receipt. */
  void showLast(Pushed pushed, String messageId) {
    last.removeAll();
    last.add(new Text("Pushed to " + pushed.target() + ": "));
    if (pushed.stored()) {
      var link = new Anchor(MessagesView.link(messageId), messageId, AnchorTarget.BLANK);
      link.setId("push-trace");
      link.setAriaLabel("Step by step, in a new window: " + messageId);
      last.add(link);
    } else {
      last.add(new Text(messageId + " (not stored, so there is no trace of it)"));
    }
  }

  void show(Receipts.Snapshot snapshot) {
    sent.set(snapshot.sent());
    acked.set(snapshot.acked());
    notAcked.set(snapshot.notAcked());
    grid.setItems(snapshot.lines());
  }

  /** In a new window: receipts are gone when this page is left. */
  private static LitRenderer<ReceiptLine> trace() {
    return LitRenderer.<ReceiptLine>of(
            "${item.link ? html`<a href=\"${item.link}\" target=\"_blank\""
                + " aria-label=\"Step by step, in a new window\">steps</a>` : html`–`}")
        .withProperty("link", line -> line.traced().map(MessagesView::link).orElse(""));
  }

  private static LitRenderer<ReceiptLine> status() {
    return LitRenderer.<ReceiptLine>of(
            "<span class=\"state state-${item.kind}\">${item.status}</span>")
        .withProperty("status", ReceiptLine::statusWords)
        .withProperty("kind", ReceiptLine::tone);
  }
}
