package io.trunkline.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The console as an operator has it: real process, database, broker and Chromium. */
final class ConsoleInBrowser implements AutoCloseable {
  static final String OPERATOR = "ann";
  static final String PASSWORD = "correct horse";

  /** A wait for what must come, not a measure of speed: builds run beside other work. */
  private static final double PATIENCE_MS = 20_000;

  private final PostgresAndBroker parts;
  private final NodeStandIn node;
  private final ConsoleInstance console;
  private final Playwright playwright;
  private final Browser browser;

  ConsoleInBrowser(Path folder, String... settings) throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    parts = new PostgresAndBroker(folder);
    node = new NodeStandIn(parts);
    node.database().operators().setPassword(OPERATOR, PASSWORD.toCharArray());
    console = ConsoleInstance.start(parts, settings);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of("/usr/bin/chromium"))
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
    String first = console.firstLine();
    if (!"ready".equals(first)) {
      throw new IllegalStateException("the console says " + first + ", " + console.errors());
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

  /** A browser that nobody has used before. */
  BrowserContext newContext() {
    return browser.newContext();
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
    browser.close();
    playwright.close();
    console.close();
    node.close();
    parts.close();
  }
}
