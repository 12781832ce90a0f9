package io.trunkline.console;

import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.provider.ListDataProvider;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.function.ValueProvider;
import io.trunkline.console.NodeServices.Bounds;
import io.trunkline.console.NodeServices.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** The services, each over all nodes that have it. */
final class ServiceGrid extends Grid<ServiceSum> {
  private final List<ServiceSum> shown = new ArrayList<>();

  ServiceGrid() {
    setId("service-grid");
    setAriaLabel("Services");
    setSizeFull();
    addThemeVariants(GridVariant.NO_BORDER);
    setEmptyStateText("");
    text("Service", ServiceSum::name);
    text("Back end", sum -> sum.each(Service::backEnd));
    text("Target", sum -> orNone(sum.each(Service::target)));
    number("Calls", sum -> Texts.count(sum.sum(service -> service.counts().calls())));
    addColumn(outcomes()).setHeader("Answered OK").setWidth("11rem").setFlexGrow(2);
    addColumn(circuit()).setHeader("Circuit").setWidth("7rem").setFlexGrow(0);
    number("In flight", sum -> Texts.count(sum.inFlight()));
    number("Running", sum -> of(sum, Bounds::running, Bounds::maxConcurrent));
    number("Waiting", sum -> of(sum, Bounds::queued, Bounds::maxQueued));
    number("Nodes", sum -> Texts.count(sum.nodes().size()));
    setDataProvider(
        new ListDataProvider<>(shown) {
          @Override
          public Object getId(ServiceSum sum) {
            return sum.name();
          }
        });
  }

  void show(List<ServiceSum> services) {
    shown.clear();
    shown.addAll(services);
    getDataProvider().refreshAll();
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "–" : text;
  }

  private void text(String header, ValueProvider<ServiceSum, String> value) {
    addColumn(value)
        .setHeader(header)
        .setAutoWidth(true)
        .setResizable(true)
        .setTooltipGenerator(value::apply);
  }

  private void number(String header, ValueProvider<ServiceSum, String> value) {
    addColumn(value)
        .setHeader(header)
        .setTextAlign(ColumnTextAlign.END)
        .setAutoWidth(true)
        .setFlexGrow(0);
  }

  /** For example {@code 3 / 64}, of all nodes together. */
  private static String of(ServiceSum sum, ToLongFunction<Bounds> now, ToLongFunction<Bounds> max) {
    return sum.isBounded()
        ? Texts.count(sum.sum(service -> bound(service, now)))
            + " / "
            + Texts.count(sum.sum(service -> bound(service, max)))
        : "–";
  }

  private static long bound(Service service, ToLongFunction<Bounds> of) {
    Bounds bounds = service.bounds();
    return bounds == null ? 0 : of.applyAsLong(bounds);
  }

  /** Parts of one bar; its text says the same. */
  private static LitRenderer<ServiceSum> outcomes() {
    var template = new StringBuilder("<div class=\"bar bar-outcomes\" title=\"${item.title}\">");
    template.append("<span class=\"bar-text\">${item.ok}</span>");
    template.append("<span class=\"bar-way\" role=\"img\" aria-label=\"${item.title}\">");
    for (OutcomeKind kind : OutcomeKind.values()) {
      template
          .append("<span class=\"bar-part tone-")
          .append(kind.tone())
          .append("\" style=\"flex-grow: ${item.")
          .append(kind.tone())
          .append("}\"></span>");
    }
    LitRenderer<ServiceSum> renderer =
        LitRenderer.<ServiceSum>of(template.append("</span></div>").toString())
            .withProperty("ok", ServiceGrid::shareOfGood)
            .withProperty("title", ServiceGrid::inWords);
    for (OutcomeKind kind : OutcomeKind.values()) {
      renderer.withProperty(kind.tone(), sum -> sum.outcomes(kind));
    }
    return renderer;
  }

  private static String shareOfGood(ServiceSum sum) {
    long all = ended(sum);
    // What is not all good must not look so.
    long good = sum.outcomes(OutcomeKind.GOOD);
    int percent = good < all ? Math.min(99, Texts.percent((double) good, (double) all)) : 100;
    return all == 0 ? "–" : percent + " %";
  }

  private static long ended(ServiceSum sum) {
    return sum.outcomes().values().stream().mapToLong(Long::longValue).sum();
  }

  static String inWords(ServiceSum sum) {
    if (ended(sum) == 0) {
      return "no calls yet";
    }
    List<String> words = new ArrayList<>();
    for (OutcomeKind kind : OutcomeKind.values()) {
      long count = sum.outcomes(kind);
      if (count > 0) {
        words.add(Texts.count(count) + " " + kind.words());
      }
    }
    return String.join(", ", words);
  }

  private static LitRenderer<ServiceSum> circuit() {
    return LitRenderer.<ServiceSum>of("<span class=\"${item.look}\">${item.state}</span>")
        .withProperty("state", sum -> words(sum.circuit()))
        .withProperty("look", sum -> look(sum.circuit()));
  }

  static String words(String circuit) {
    return circuit.isEmpty() ? "–" : circuit.replace('_', ' ');
  }

  private static String look(String circuit) {
    return switch (circuit) {
      case "closed" -> "state state-good";
      case "half_open" -> "state state-warn";
      case "open" -> "state state-bad";
      default -> "muted";
    };
  }
}
