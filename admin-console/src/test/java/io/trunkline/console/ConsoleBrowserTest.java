package io.trunkline.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console as an operator uses it: real process, database, broker and browser. */
class ConsoleBrowserTest {
  private static ConsoleInBrowser console;
  private static NodeStandIn node;

  private Page page;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    console = new ConsoleInBrowser(folder);
    node = console.node();
  }

  @AfterAll
  static void stop() throws Exception {
    console.close();
  }

  @BeforeEach
  void openWindow() {
    page = console.operator().newPage();
  }

  @AfterEach
  void closeWindows() {
    console.closeWindows();
  }

  /** As an operator who is logged in. */
  private void enter() {
    page.navigate(console.url() + "/");
  }

  @Test
  void logIn_wrongPassword_saysSoAndStaysOut_thenTheRightOneChangesTheSessionsId() {
    try (BrowserContext stranger = console.newContext()) {
      page = stranger.newPage();
      page.navigate(console.url() + "/");
      assertThat(page.locator("#login")).isVisible();
      String before = sessionCookie(stranger);

      ConsoleInBrowser.logIn(page, "wrong");

      assertThat(page.locator("#login")).containsText("Not logged in");
      page.navigate(console.url() + "/activity");
      assertThat(page.locator("#login")).isVisible();

      ConsoleInBrowser.logIn(page, ConsoleInBrowser.PASSWORD);

      assertThat(page.locator("#operator")).hasText("ann");
      assertThat(sessionCookie(stranger)).isNotEqualTo(before);
    }
  }

  @Test
  void kick_endsTheSessionAndIsRecorded() {
    enter();
    assertThat(page.locator("#session-grid")).isVisible();
    node.connect("bob", "scanner");
    cell("#session-grid", "bob").click();

    page.click("#kick-button");
    assertThat(page.locator("#kick-confirm")).isDisabled();
    page.fill("#kick-reason input", "lost device");
    page.click("#kick-confirm");

    assertThat(page.locator("#session-ended")).isVisible();
    assertThat(cell("#session-grid", "bob")).hasCount(0);
    page.click("#nav-activity");
    assertThat(cell("#activity-grid", "bob/scanner: lost device")).isVisible();
  }

  @Test
  void push_toAUser_showsTheAcknowledgement() {
    node.connect("alice", "phone");
    enter();
    page.click("#nav-push");

    page.fill("#push-user input", "alice");
    page.fill("#push-text textarea", "Hello");
    page.click("#push-send");

    assertThat(cell("#receipt-grid", "delivered")).isVisible();
    assertThat(page.locator("#push-sent")).hasText("1");
    assertThat(page.locator("#push-acked")).hasText("1");
    await()
        .untilAsserted(
            () ->
                assertThat(node.database().operators().latest(5))
                    .anySatisfy(
                        action -> {
                          assertThat(action.action()).isEqualTo("push");
                          assertThat(action.target()).contains("alice");
                          assertThat(action.operator()).isEqualTo("ann");
                        }));
  }

  @Test
  void filter_byUser_showsOnlyThose() {
    node.connect("filter-one", "a");
    node.connect("other", "b");
    enter();
    assertThat(cell("#session-grid", "other")).isVisible();

    page.fill("#user-filter input", "filter-");

    assertThat(cell("#session-grid", "other")).hasCount(0);
    assertThat(cell("#session-grid", "filter-one")).isVisible();
    assertThat(page.locator("#session-matches")).hasText("1 match");
  }

  @Test
  void detachedSession_isShownAsSuchAndSinceWhen() {
    node.connect("walker", "phone");
    node.connect("sitter", "desk");
    enter();
    assertThat(cell("#session-grid", "sitter")).isVisible();
    assertThat(cell("#session-grid", "walker")).isVisible();
    node.loseConnection("walker", Duration.ofSeconds(320));

    page.locator("#state-filter").click();
    page.locator("vaadin-select-item").getByText("DETACHED").click();

    assertThat(cell("#session-grid", "sitter")).hasCount(0);
    assertThat(cell("#session-grid", "detached 5 min ago")).isVisible();
    cell("#session-grid", "walker").click();
    assertThat(page.locator("#session-details")).containsText("Resumable until");
    ConsoleInBrowser.picture(page, "sessions-detached");
    page.click("#kick-button");
    assertThat(page.locator("#kick-dialog")).containsText("It has no connection now");
  }

  @Test
  void filter_bySelector_showsOnlyThose_andSaysWhatIsWrongWithOne() {
    node.connect("chosen", "phone-1");
    node.connect("passed-over", "phone-2");
    enter();
    assertThat(cell("#session-grid", "passed-over")).isVisible();

    page.fill("#selector-filter input", "user LIKE 'chos%' AND NOT device = 'phone-2'");
    page.keyboard().press("Enter");

    assertThat(cell("#session-grid", "passed-over")).hasCount(0);
    assertThat(cell("#session-grid", "chosen")).isVisible();
    assertThat(page.locator("#session-matches")).hasText("1 match");

    page.fill("#selector-filter input", "user LIKE");
    page.keyboard().press("Enter");

    assertThat(page.locator("#selector-filter"))
        .containsText("At character 10: LIKE needs a pattern in single quotes");
    assertThat(cell("#session-grid", "chosen")).isVisible();

    page.fill("#selector-filter input", "");
    page.keyboard().press("Enter");

    assertThat(cell("#session-grid", "passed-over")).isVisible();
    assertThat(page.locator("#selector-filter [slot=error-message]")).not().isVisible();
  }

  @Test
  void services_withoutATokenForTheNodes_sayWhatToSet() {
    enter();
    page.click("#nav-services");

    assertThat(page.locator("#services-say")).containsText("console.api-token");
    assertThat(page.locator("#services-reload")).isDisabled();
    ConsoleInBrowser.picture(page, "services-no-token");
  }

  private static String sessionCookie(BrowserContext context) {
    return context.cookies().getFirst().value;
  }

  private Locator cell(String grid, String text) {
    return ConsoleInBrowser.cell(page, grid, text);
  }
}
