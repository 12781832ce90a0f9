package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.StoredMessage;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One stored message: what it is, what became of it, and how. Changes in place. */
final class DeliveryCard extends Article {
  private final H2 target = new H2();
  private final Span state = new Span();
  private final Button retry = new Button("Retry…", VaadinIcon.REFRESH.create());
  private final DescriptionList facts = new DescriptionList();
  private final TraceList trace = new TraceList();
  private transient @Nullable StoredMessage shown;

  DeliveryCard(Consumer<StoredMessage> onRetry) {
    addClassName("delivery");
    state.addClassName("delivery-state");
    state.getElement().setAttribute("role", "status");
    retry.addClassName("delivery-retry");
    retry.addClickListener(
        click -> {
          if (shown != null) {
            onRetry.accept(shown);
          }
        });
    var head = new Div(target, state, retry);
    head.addClassName("delivery-head");
    var steps = new Div(new H3("Step by step"), trace);
    steps.addClassName("delivery-steps");
    var body = new Div(steps, facts);
    body.addClassName("delivery-body");
    add(head, body);
  }

  void show(MessageReport.Delivery delivery) {
    StoredMessage stored = delivery.message();
    NewMessage message = stored.message();
    shown = stored;
    target.setText(Texts.target(message));
    showState(stored.state());
    facts.removeAll();
    fact("Message", message.id());
    if (!message.publication().equals(message.id())) {
      fact("JMS message", message.publication());
    }
    fact("Stream", Texts.stream(message.stream()));
    fact("Offset", stored.offset() + " (epoch " + stored.epoch() + ")");
    fact("Type", message.type());
    fact("Content", message.contentType() + ", " + Texts.count(delivery.payloadBytes()) + " bytes");
    fact("Expects", message.expected().name().toLowerCase(Locale.ROOT));
    fact("Priority", Integer.toString(message.priority()));
    message.key().ifPresent(key -> fact("Key", key));
    fact("Attempts", stored.attempts() == 0 ? "none in vain" : stored.attempts() + " in vain");
    fact("Published", Texts.exactMs(message.publishedAt()));
    fact("Stored", Texts.exactMs(stored.storedAt()));
    fact("Expires", message.expiresAt().map(Texts::exactMs).orElse("never"));
    fact("Receipts to", message.replyTo().map(to -> to.destination()).orElse("nobody"));
    message.replyTo().ifPresent(to -> fact("Correlation", to.correlationId()));
    trace.show(delivery);
  }

  private void showState(MessageState now) {
    state.setText(now.name().toLowerCase(Locale.ROOT));
    state.setClassName("delivery-state state state-" + tone(now));
    retry.setVisible(now == MessageState.DEAD);
  }

  private void fact(String name, String value) {
    facts.add(
        new DescriptionList.Term(name),
        new DescriptionList.Description(value.isEmpty() ? "–" : value));
  }

  private static String tone(MessageState state) {
    return switch (state) {
      case DELIVERED, REPLIED -> "good";
      case DEAD, FAILED, EXPIRED -> "bad";
      case PENDING -> "warn";
      case CONFLATED, CLOSED -> "plain";
    };
  }
}
