package io.trunkline.console;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The console as an operator has it: real process, database, broker and Chromium. */
final class ConsoleInBrowser implements AutoCloseable {
  static final String OPERATOR = "ann";
  static final String PASSWORD = "correct horse";

  private final PostgresAndBroker parts;
  private final NodeStandIn node;
  private final ConsoleInstance console;
  private final BrowserContext operator;

  ConsoleInBrowser(Path folder, String... settings) throws Exception {
    parts = new PostgresAndBroker(folder);
    node = new NodeStandIn(parts);
    node.database().operators().setPassword(OPERATOR, PASSWORD.toCharArray());
    console = ConsoleInstance.start(parts, settings);
    operator = newContext(); // takes its time the first time, as the console does
    String first = console.firstLine();
    if (!"ready".equals(first)) {
      throw new IllegalStateException("the console says " + first + ", " + console.errors());
    }
    try (Page page = operator.newPage()) {
      page.navigate(url() + "/");
      logIn(page, PASSWORD);
      PlaywrightAssertions.assertThat(page.locator("#session-grid")).isVisible();
    }
  }

  PostgresAndBroker parts() {
    return parts;
  }

  NodeStandIn node() {
    return node;
  }

  String url() {
    return console.url();
  }

  /** A browser that nobody has used before; the caller closes it. */
  BrowserContext newContext() {
    return Chromium.newContext();
  }

  /**
   * The browser of an operator who is logged in, and has the console's programs in its cache. Each
   * test has a window of its own in it, see {@link #closeWindows}.
   */
  BrowserContext operator() {
    return operator;
  }

  /** After a test: those of the operator. */
  void closeWindows() {
    List.copyOf(operator.pages()).forEach(Page::close);
  }

  static void logIn(Page page, String password) {
    page.fill("#login input[name=username]", OPERATOR);
    page.fill("#login input[name=password]", password);
    page.keyboard().press("Enter");
  }

  /** The visible cell of a grid with exactly this text. */
  static Locator cell(Page page, String grid, String text) {
    return page.locator(grid + " vaadin-grid-cell-content:visible")
        .filter(
            new Locator.FilterOptions()
                .setHasText(Pattern.compile("^\\s*" + inBrowser(text) + "\\s*$")));
  }

  /** As a part of a pattern of the browser's, which knows no \\Q. */
  private static String inBrowser(String text) {
    return text.replaceAll("[^\\w\\s]", "\\\\$0");
  }

  /** To be looked at by people; tells nothing to the test. */
  static void picture(Page page, String name) {
    String folder = System.getProperty("console.pictures");
    if (folder != null) {
      page.setViewportSize(1280, 800);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setAnimations(ScreenshotAnimations.DISABLED)
              .setPath(Path.of(folder).resolve(name + ".png")));
    }
  }

  @Override
  public void close() throws IOException {
    operator.close();
    console.close();
    node.close();
    parts.close();
  }
}
