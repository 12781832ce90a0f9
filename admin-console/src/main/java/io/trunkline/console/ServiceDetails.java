package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.icon.VaadinIcon;
import io.trunkline.console.NodeServices.Bounds;
import io.trunkline.console.NodeServices.Rates;
import io.trunkline.console.NodeServices.Service;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One service: how calls end, what bounds it, and how it is at each node. */
final class ServiceDetails extends Div {
  private final H2 title = new H2();
  private final DescriptionList facts = new DescriptionList();
  private final DescriptionList outcomes = new DescriptionList();
  private final DescriptionList nodes = new DescriptionList();
  private Optional<String> shown = Optional.empty();

  ServiceDetails(Runnable onClose) {
    setId("service-details");
    addClassName("details");
    setVisible(false);
    var close = new Button(VaadinIcon.CLOSE.create(), click -> onClose.run());
    close.setId("service-details-close");
    close.setAriaLabel("Close details");
    close.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.SMALL);
    var head = new Div(title, close);
    head.addClassName("details-head");
    add(head, facts, new H3("Calls since the nodes started"), outcomes, new H3("Nodes"), nodes);
  }

  /** The name of the service that is shown. */
  Optional<String> shown() {
    return shown;
  }

  void hide() {
    shown = Optional.empty();
    setVisible(false);
  }

  void show(ServiceSum sum) {
    shown = Optional.of(sum.name());
    setVisible(true);
    title.setText(sum.name());
    facts.removeAll();
    fact(facts, "Back end", sum.each(Service::backEnd));
    fact(facts, "Target", sum.each(Service::target));
    fact(facts, "Time-out", sum.each(service -> time(service.timeout())));
    fact(facts, "Largest request", sum.each(service -> size(service.maxRequestBytes())));
    fact(facts, "Rates", sum.each(service -> rates(service.rates())));
    outcomes.removeAll();
    fact(outcomes, "in flight", Texts.count(sum.inFlight()));
    sum.outcomes().forEach((status, count) -> fact(outcomes, status, Texts.count(count)));
    nodes.removeAll();
    sum.nodes().forEach((node, service) -> fact(nodes, node, words(service)));
  }

  private static String words(Service service) {
    List<String> words = new ArrayList<>();
    words.add(Texts.count(service.counts().calls()) + " calls");
    Bounds bounds = service.bounds();
    if (bounds != null) {
      words.add(
          Texts.count(bounds.running())
              + " running of "
              + Texts.count(bounds.maxConcurrent())
              + ", "
              + Texts.count(bounds.queued())
              + " waiting of "
              + Texts.count(bounds.maxQueued()));
    }
    String circuit = ServiceSum.circuit(service);
    if (!circuit.isEmpty()) {
      words.add("circuit " + ServiceGrid.words(circuit));
    }
    return String.join("; ", words);
  }

  private static String time(@Nullable String iso) {
    if (iso == null) {
      return "the callers' own";
    }
    try {
      return Texts.longer(Duration.parse(iso));
    } catch (DateTimeParseException e) {
      return iso;
    }
  }

  private static String size(@Nullable Long bytes) {
    return bytes == null ? "a frame" : Texts.bytes(bytes);
  }

  private static String rates(@Nullable Rates rates) {
    if (rates == null) {
      return "";
    }
    List<String> words = new ArrayList<>();
    rate(words, "a user", rates.user());
    rate(words, "a session", rates.session());
    rate(words, "in all", rates.service());
    return words.isEmpty() ? "no bound" : String.join(", ", words);
  }

  private static void rate(List<String> words, String whose, @Nullable String rate) {
    if (rate != null) {
      words.add(rate + " " + whose);
    }
  }

  private static void fact(DescriptionList list, String name, String value) {
    list.add(
        new DescriptionList.Term(name),
        new DescriptionList.Description(value.isEmpty() ? "–" : value));
  }
}
