package io.trunkline.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Span;
import io.trunkline.persistence.DeliveryStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The steps of a message, one below the other. */
final class TraceList extends OrderedList {

  TraceList() {
    addClassName("trace");
  }

  void show(MessageReport.Delivery delivery) {
    removeAll();
    Instant start = delivery.steps().isEmpty() ? Instant.EPOCH : delivery.steps().getFirst().at();
    delivery.steps().forEach(step -> add(item(step, start)));
    if (delivery.moreSteps()) {
      add(
          note(
              "The first "
                  + Texts.count(delivery.steps().size())
                  + " steps; the view report.delivery_trace has all."));
    }
    if (!delivery.waitsFor().isEmpty()) {
      add(note(delivery.waitsFor()));
    }
  }

  private static ListItem item(DeliveryStep step, Instant start) {
    var what = new Span(words(step.kind()));
    what.addClassNames("trace-what", "state", "state-" + tone(step.kind()));
    var exact = new Span(Texts.exactMs(step.at()));
    exact.addClassName("trace-time");
    var after = new Span(Texts.after(Duration.between(start, step.at())));
    after.addClassName("trace-after");
    var first = new Div(what, exact, after);
    first.addClassName("trace-line");
    var item = new ListItem(first);
    item.addClassNames("trace-step", "trace-" + tone(step.kind()));
    String where = where(step);
    if (!where.isEmpty()) {
      var line = new Div(where);
      line.addClassName("trace-where");
      item.add(line);
    }
    if (!step.detail().isEmpty()) {
      var why = new Div(step.detail());
      why.addClassName("trace-why");
      item.add(why);
    }
    return item;
  }

  private static ListItem note(String text) {
    var item = new ListItem(text);
    item.addClassNames("trace-step", "trace-note");
    return item;
  }

  private static String where(DeliveryStep step) {
    List<String> parts = new ArrayList<>();
    step.user()
        .ifPresent(user -> parts.add(step.device().map(it -> user + " / " + it).orElse(user)));
    step.session().map(UUID::toString).ifPresent(session -> parts.add("session " + session));
    if (!step.node().isEmpty()) {
      parts.add("node " + step.node());
    }
    if (step.attempt() > 0) {
      parts.add("attempt " + step.attempt());
    }
    return String.join(" · ", parts);
  }

  private static String words(DeliveryStep.Kind kind) {
    return switch (kind) {
      case STORED -> "Stored";
      case DUPLICATE -> "Published again, not stored again";
      case SENT -> "Sent";
      case UNACKNOWLEDGED -> "Not acknowledged in time";
      case DELIVERED -> "Acknowledged";
      case REPLIED -> "Replied";
      case EXPIRED -> "Expired";
      case DEAD -> "Given up";
      case CONFLATED -> "A newer message took its place";
      case FAILED -> "Failed";
      case RETRIED -> "Put back by an operator";
      case CLOSED -> "Summed up";
      case WAITING -> "Nobody to send it to";
    };
  }

  private static String tone(DeliveryStep.Kind kind) {
    return switch (kind) {
      case DELIVERED, REPLIED -> "good";
      case DEAD, FAILED, EXPIRED -> "bad";
      case UNACKNOWLEDGED, DUPLICATE, CONFLATED -> "warn";
      case STORED, SENT, RETRIED, CLOSED, WAITING -> "plain";
    };
  }
}
