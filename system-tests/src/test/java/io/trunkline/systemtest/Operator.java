package io.trunkline.systemtest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An operator in front of the console: a real Chromium. */
public final class Operator implements AutoCloseable {
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 800;
  private static final double TIMEOUT_MS = 90_000;

  private final Playwright playwright;
  private final Browser browser;
  private final Page page;

  public Operator() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
    page = browser.newPage(new Browser.NewPageOptions().setViewportSize(WIDTH, HEIGHT));
    page.setDefaultTimeout(TIMEOUT_MS);
    PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MS);
  }

  /** {@code TRUNKLINE_CHROMIUM}, or what the system's packages put on the path. */
  private static Path chromium() {
    Optional<Path> named = Optional.ofNullable(System.getenv("TRUNKLINE_CHROMIUM")).map(Path::of);
    return named
        .or(() -> onPath("chromium", "chromium-browser", "google-chrome"))
        .orElseThrow(
            () ->
                new AssertionError(
                    "no Chromium: install the system's package, or name one in TRUNKLINE_CHROMIUM"));
  }

  private static Optional<Path> onPath(String... names) {
    List<String> folders =
        List.of(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1));
    return Stream.of(names)
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  public void open(String url) {
    page.navigate(url);
    assertThat(page.locator("#login")).isVisible();
  }

  public void logIn(String password) {
    page.fill("#login input[name=username]", "operator");
    page.fill("#login input[name=password]", password);
    page.keyboard().press("Enter");
    assertThat(page.locator("#session-grid")).isVisible();
  }

  void seesSessions(String... users) {
    assertThat(page.locator("#session-count")).containsText(Integer.toString(users.length));
    for (String user : users) {
      assertThat(cell("#session-grid", user)).isVisible();
    }
  }

  void seesNoSession(String user) {
    assertThat(cell("#session-grid", user)).hasCount(0);
  }

  void kick(String user, String reason) {
    cell("#session-grid", user).click();
    page.click("#kick-button");
    page.fill("#kick-reason input", reason);
    page.click("#kick-confirm");
    assertThat(page.locator("#session-ended")).isVisible();
  }

  void push(String user, String text) {
    page.click("#nav-push");
    page.fill("#push-user input", user);
    page.fill("#push-text textarea", text);
    page.click("#push-send");
  }

  void seesReceipt(String status) {
    assertThat(cell("#receipt-grid", status)).isVisible();
  }

  /** What the console has from the database of nodes, and from their APIs of services. */
  void seesNodeAndServices(String node, String... services) {
    page.click("#nav-nodes");
    assertThat(cell("#node-grid", node)).isVisible();
    page.click("#nav-services");
    assertThat(page.locator("#services-nodes")).hasText("1 of 1");
    for (String service : services) {
      assertThat(cell("#service-grid", service)).isVisible();
    }
  }

  void reloadsRoutes() {
    page.click("#services-reload");
    assertThat(page.locator(".reload-answers dd")).containsText("services");
    page.click("#reload-close");
  }

  /** Over all nodes, as these have told. */
  public void seesConnectedSessions(int number) {
    page.click("#nav-nodes");
    assertThat(page.locator("#nodes-sessions")).hasText(Integer.toString(number));
  }

  public void drains(String node, String reason, int perSecond) {
    button("Drain… " + node).click();
    page.fill("#drain-reason input", reason);
    page.fill("#drain-rate input", Integer.toString(perSecond));
    page.locator("#drain-jitter vaadin-select-value-button").click();
    page.locator("vaadin-select-item:visible").getByText("no time").click();
    assertThat(page.locator("#drain-estimate"))
        .containsText(Pattern.compile(" at " + perSecond + " a second: .*\\d+ s\\."));
    page.click("#drain-confirm");
  }

  /** One node is not ready, and so many are still there. */
  public void seesDraining(int left, int of) {
    assertThat(cell("#node-grid", "draining").locator("[title^='Not ready']")).isVisible();
    assertThat(page.locator(".drain-left"))
        .hasText("%d of %d connected sessions left".formatted(left, of));
  }

  /** Nobody is there any more. */
  public void seesDrained() {
    assertThat(cell("#node-grid", "draining")).isVisible();
    assertThat(page.locator(".drain-left")).containsText("Drained");
  }

  public void undrains(String node) {
    button("Undrain " + node).click();
    assertThat(cell("#node-grid", "draining")).hasCount(0);
    assertThat(button("Drain… " + node)).isVisible();
  }

  public void forgets(String node) {
    button("Forget… " + node).click();
    page.click("#forget-confirm");
    assertThat(cell("#node-grid", node)).hasCount(0);
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** Text of letters and spaces only: it becomes part of a pattern. */
  private Locator cell(String grid, String text) {
    return page.locator(grid + " vaadin-grid-cell-content:visible")
        .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^\\s*" + text + "\\s*$")));
  }

  /** A picture without the signs of what is under way, or was done a moment ago. */
  public void screenshot(String name) {
    assertThat(page.locator("vaadin-notification-card")).hasCount(0);
    page.screenshot(
        new Page.ScreenshotOptions()
            .setStyle(".v-loading-indicator { display: none }")
            .setPath(Path.of(System.getProperty("screenshots.dir"), name + ".png")));
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
