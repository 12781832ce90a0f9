package io.trunkline.console;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.function.ValueProvider;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.SessionSort;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;

/** The columns of live sessions. */
final class SessionGrid extends Grid<SessionRow> {
  private static final int PAGE_SIZE = 50;

  SessionGrid(SessionQuery query) {
    super(PAGE_SIZE);
    setId("session-grid");
    setAriaLabel("Live sessions");
    addClassName("session-grid");
    setSizeFull();
    addThemeVariants(GridVariant.NO_BORDER);
    databaseAnswers(true);
    // One long name among so many must not push the rest out of sight.
    text("user", "User", SessionRow::user)
        .setAutoWidth(false)
        .setWidth("13rem")
        .setFlexGrow(2)
        .setSortProperty(SessionSort.By.USER.name());
    text("device", "Device", SessionRow::device).setAutoWidth(false).setWidth("9rem");
    addColumn(state()).setKey("state").setHeader("State").setWidth("11rem").setFlexGrow(0);
    addColumn(since())
        .setKey("since")
        .setHeader("Connected")
        .setAutoWidth(true)
        .setSortProperty(SessionSort.By.STARTED_AT.name());
    text("node", "Node", SessionRow::node).setSortProperty(SessionSort.By.NODE.name());
    text("address", "Address", SessionRow::remoteAddress)
        .setSortProperty(SessionSort.By.REMOTE_ADDRESS.name());
    text("client", "Client", row -> row.clientName() + " " + row.clientVersion())
        .setSortProperty(SessionSort.By.CLIENT.name());
    text("platform", "Platform", SessionRow::platform);
    text("transport", "Transport", SessionRow::transport);
    setDataProvider(query);
  }

  /** What an empty grid means. */
  void databaseAnswers(boolean answers) {
    setEmptyStateText(answers ? "No live session matches." : "The database does not answer.");
  }

  private Column<SessionRow> text(
      String key, String header, ValueProvider<SessionRow, String> value) {
    return addColumn(value)
        .setKey(key)
        .setHeader(header)
        .setAutoWidth(true)
        .setResizable(true)
        .setTooltipGenerator(value::apply);
  }

  private static LitRenderer<SessionRow> since() {
    return LitRenderer.<SessionRow>of("<span title=\"${item.exact}\">${item.ago}</span>")
        .withProperty("exact", row -> Texts.exact(row.startedAt()))
        .withProperty("ago", row -> Texts.ago(row.startedAt(), Instant.now()));
  }

  private static LitRenderer<SessionRow> state() {
    return LitRenderer.<SessionRow>of(
            "<span class=\"state state-${item.kind}\">${item.kind}</span>"
                + " <span class=\"muted\" title=\"${item.exact}\">${item.since}</span>")
        .withProperty("kind", row -> row.state().toLowerCase(Locale.ROOT))
        .withProperty("since", row -> detached(row, at -> Texts.ago(at, Instant.now())))
        .withProperty("exact", row -> detached(row, Texts::exact));
  }

  private static String detached(SessionRow row, Function<Instant, String> words) {
    Instant at = row.detachedAt();
    return at == null ? "" : words.apply(at);
  }
}
