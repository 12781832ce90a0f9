package io.trunkline.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/** A number and what it counts. */
final class Figure extends Div {
  private final Span number = new Span("–");

  Figure(String id, String label) {
    addClassName("figure");
    number.setId(id);
    number.addClassName("figure-number");
    var text = new Span(label);
    text.addClassName("figure-label");
    add(number, text);
  }

  void set(long value) {
    number.setText(Texts.count(value));
  }

  void set(String text) {
    number.setText(text);
  }

  void unknown() {
    number.setText("–");
  }
}
