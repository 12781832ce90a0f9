package io.trunkline.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import io.trunkline.persistence.OperatorStore;
import io.trunkline.persistence.StreamKey;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushing to whom and how, as an operator does it. */
class PushBrowserTest {
  private static ConsoleInBrowser console;

  private Page page;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    console = new ConsoleInBrowser(folder);
    console.node().connect("north-1", "a");
    console.node().connect("north-2", "b");
  }

  @AfterAll
  static void stop() throws Exception {
    console.close();
  }

  @BeforeEach
  void open() {
    page = console.operator().newPage();
    page.navigate(console.url() + "/push");
  }

  @AfterEach
  void closeWindow() {
    console.closeWindows();
  }

  @Test
  void stored_leadsToItsStepsBeforeAnyReceipt() {
    MessageSamples.of(console.node()).stored(StreamKey.ofUser("away"), "stored-1");
    page.fill("#push-user input", "away");
    page.fill("#push-text textarea", "Call me");
    assertThat(page.locator("#push-expiry")).isHidden();
    page.getByLabel("stored until acknowledged").check();
    assertThat(page.locator("#push-expiry")).isVisible();
    page.locator("#push-more vaadin-details-summary").click();
    page.fill("#push-id input", "stored-1");
    page.click("#push-send");

    assertThat(page.locator("#push-trace")).hasText("stored-1");
    ConsoleInBrowser.picture(page, "push-stored");
    Page steps = console.operator().waitForPage(() -> page.click("#push-trace"));

    assertThat(steps.locator(".delivery h2")).hasText("away");
  }

  @Test
  void notStored_hasNoSteps() {
    page.fill("#push-user input", "north-1");
    page.fill("#push-text textarea", "Hello");
    page.click("#push-send");

    assertThat(page.locator("#push-last")).containsText("not stored");
    assertThat(page.locator("#push-trace")).hasCount(0);
  }

  @Test
  void audience_isCountedWithoutSending() {
    aim("an audience");
    page.fill("#push-selector input", "region = 'north' AND user LIKE 'north-%'");

    page.click("#push-count");

    assertThat(page.locator("#push-counted")).hasText("Matches 2 connected sessions.");
    assertThat(page.locator("#push-sent")).hasText("0");
    ConsoleInBrowser.picture(page, "push-audience");
  }

  @Test
  void audience_selectorThatDoesNotParse_saysWhere() {
    aim("an audience");
    page.fill("#push-selector input", "region = ");
    page.fill("#push-text textarea", "Hello");

    page.click("#push-send");

    assertThat(page.locator("#push-selector")).containsText("at character");
    assertThat(page.locator("#push-many-dialog")).hasCount(0);
    ConsoleInBrowser.picture(page, "push-bad-selector");
  }

  @Test
  void audience_isAskedWithItsNumberAndRecorded() {
    aim("an audience");
    page.fill("#push-selector input", "user = 'north-2'");
    page.fill("#push-text textarea", "Hello");
    page.click("#push-send");

    assertThat(page.locator("#push-many-dialog")).containsText("This goes to 1 connected session.");
    ConsoleInBrowser.picture(page, "push-audience-dialog");
    page.click("#push-confirm");

    assertThat(page.locator("#push-sent")).hasText("1");
    recorded("audience user = 'north-2'");
  }

  @Test
  void topic_isAskedAndRecorded() {
    aim("a topic");
    page.click("#push-send");
    assertThat(page.locator("#push-topic")).containsText("Please name a topic.");

    page.fill("#push-topic input", "prices");
    page.fill("#push-text textarea", "Hello");
    page.click("#push-send");
    page.click("#push-confirm");

    assertThat(page.locator("#push-sent")).hasText("1");
    recorded("topic prices");
  }

  private void aim(String whom) {
    page.getByLabel(whom, new Page.GetByLabelOptions().setExact(true)).check();
  }

  private static void recorded(String target) {
    await()
        .untilAsserted(
            () ->
                assertThat(console.node().database().operators().latest(20))
                    .extracting(OperatorStore.Action::target)
                    .contains(Optional.of(target)));
  }
}
