package io.trunkline.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One Chromium for all test classes of this JVM, which take their turn on one thread; it ends with
 * the JVM. What is done in one context of it no other one sees.
 */
final class Chromium {
  /** A wait for what must come, not a measure of speed: builds run beside other work. */
  private static final double PATIENCE_MS = 60_000;

  private static final Playwright PLAYWRIGHT =
      Playwright.create(
          new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  private static final Browser BROWSER = launch();

  private Chromium() {}

  private static Browser launch() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    Runtime.getRuntime().addShutdownHook(new Thread(PLAYWRIGHT::close));
    return PLAYWRIGHT
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of("/usr/bin/chromium"))
                .setTimeout(PATIENCE_MS)
                .setArgs(
                    List.of(
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync")));
  }

  /** A browser that nobody has used before; the caller closes it. */
  static BrowserContext newContext() {
    BrowserContext context = BROWSER.newContext();
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }
}
