package io.trunkline.console;

import com.vaadin.flow.component.Svg;

/** The product's mark: three lines that run together into one trunk. */
final class Brand {
  private static final String MARK =
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" fill="none" \
      stroke="currentColor" stroke-width="3" stroke-linecap="round" aria-hidden="true">\
      <path d="M4 7h6c6 0 6 9 12 9h6"/><path d="M4 16h24"/><path d="M4 25h6c6 0 6-9 12-9"/></svg>\
      """;

  private Brand() {}

  static Svg mark() {
    var svg = new Svg(MARK);
    svg.addClassName("brand-mark");
    return svg;
  }
}
