package io.trunkline.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored messages as an operator sees them. */
class MessagesBrowserTest {
  private static final int HEADER_ROWS = 1;

  private static ConsoleInBrowser console;
  private static MessageSamples messages;

  private Page page;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    console = new ConsoleInBrowser(folder, "console.refresh-interval=1s");
    messages = MessageSamples.of(console.node());
  }

  @AfterAll
  static void stop() throws Exception {
    console.close();
  }

  @BeforeEach
  void openWindow() {
    page = console.operator().newPage();
    page.navigate(console.url() + "/");
    assertThat(page.locator("#session-grid")).isVisible();
  }

  @AfterEach
  void closeWindow() {
    console.closeWindows();
  }

  @Test
  void lookUp_byKeyboard_showsTheMessageStepByStep() {
    StoredMessage message = messages.stored(StreamKey.ofUser("alice"), "order-1");
    messages.sent(message, 1);
    messages.attemptFailed(message, 5);
    messages.sent(message, 2);
    messages.acknowledged(message);
    page.click("#nav-messages");

    page.getByLabel("Message id").focus();
    page.keyboard().type("order-1");
    page.keyboard().press("Enter");

    assertThat(page.locator(".delivery h2")).hasText("alice");
    assertThat(page.locator(".delivery-state")).hasText("delivered");
    assertThat(page.locator(".trace-what"))
        .hasText(
            new String[] {"Stored", "Sent", "Not acknowledged in time", "Sent", "Acknowledged"});
    assertThat(page.locator(".trace-step").nth(2)).containsText("no acknowledgement within 30 s");
    assertThat(page.locator(".trace-step").nth(3)).containsText("alice / phone");
    assertThat(page.locator(".trace-step").nth(3)).containsText("node node-1 · attempt 2");
    assertThat(page.locator(".delivery dl")).containsText("queue://erp.receipts");
    assertThat(page.locator(".delivery dl")).containsText("1 in vain");
    assertThat(page).hasURL(Pattern.compile(".*/messages\\?id=order-1$"));
    ConsoleInBrowser.picture(page, "messages-delivered");
  }

  @Test
  void deepLink_pendingMessage_goesOnByItself() {
    StoredMessage message = messages.stored(StreamKey.ofUser("bella"), "order-2");
    open("order-2");
    assertThat(page.locator(".delivery-state")).hasText("pending");
    assertThat(page.locator(".trace-note")).containsText("Nobody whom it is for is connected");

    messages.sent(message, 1);
    assertThat(page.locator(".trace-step")).hasCount(3);
    messages.acknowledged(message);

    assertThat(page.locator(".delivery-state")).hasText("delivered");
    assertThat(page.locator(".trace-note")).hasCount(0);
  }

  @Test
  void deepLink_survivesTheLogIn() {
    messages.stored(StreamKey.ofUser("nina"), "order-4 & 5");
    try (BrowserContext stranger = console.newContext()) {
      Page link = stranger.newPage();
      link.navigate(address("order-4 & 5"));
      ConsoleInBrowser.logIn(link, ConsoleInBrowser.PASSWORD);

      assertThat(link.locator(".delivery h2")).hasText("nina");
    }
  }

  @Test
  void lookUp_jmsIdWithoutItsPrefix_isFound() {
    messages.stored(StreamKey.ofTopic("news"), "ID:0b1c-77");

    open("0b1c-77");

    assertThat(page.locator(".delivery h2")).hasText("topic news");
    assertThat(page.locator(".delivery dl")).containsText("ID:0b1c-77");
  }

  @Test
  void lookUp_oneIdForSeveralTargets_showsEach() {
    messages.stored(StreamKey.ofUser("carl"), "shared");
    messages.stored(StreamKey.ofUser("dora"), "shared");

    open("shared");

    assertThat(page.locator(".delivery h2")).hasText(new String[] {"carl", "dora"});
    assertThat(page.locator("#message-says")).hasText("Stored for 2 targets.");
  }

  @Test
  void lookUp_unknownId_saysSoAndFindsItWhenItComes() {
    open("<b>not-yet</b>");
    assertThat(page.locator("#message-says")).containsText("No message is stored");
    ConsoleInBrowser.picture(page, "messages-unknown");

    messages.stored(StreamKey.ofUser("eve"), "<b>not-yet</b>");

    assertThat(page.locator(".delivery h2")).hasText("eve");
  }

  @Test
  void deadMessage_isRetriedFromItsPage() {
    messages.dead("fred", "order-3");
    open("order-3");
    assertThat(page.locator(".delivery-state")).hasText("dead");
    ConsoleInBrowser.picture(page, "messages-dead");

    page.locator(".delivery-retry").click();
    page.click("#retry-confirm");

    assertThat(page.locator(".delivery-state")).hasText("pending");
    assertThat(page.locator(".trace-what").last()).hasText("Put back by an operator");
    assertThat(page.locator(".delivery-retry")).isHidden();
  }

  @Test
  void deadLetters_someRetried_arePendingAndRecorded() {
    messages.dead("gina", "g-1");
    messages.dead("gina", "g-2");
    messages.dead("gina", "g-3");
    messages.dead("hugo", "h-1");
    page.click("#nav-dead");
    assertThat(cell("hugo")).isVisible();
    page.fill("#dead-user input", "gina");
    assertThat(cell("hugo")).hasCount(0);
    assertThat(page.locator("#dead-count")).hasText("3");
    assertThat(page.locator("#dead-retry")).isDisabled();

    choose("g-1");
    choose("g-2");
    ConsoleInBrowser.picture(page, "dead-letters");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Retry 2 selected…"))
        .click();
    assertThat(page.locator("#retry-dialog")).containsText("acted on twice");
    ConsoleInBrowser.picture(page, "dead-letters-retry");
    page.click("#retry-confirm");

    assertThat(page.getByText("2 pending again")).isVisible();
    assertThat(cell("g-1")).hasCount(0);
    assertThat(cell("g-3")).isVisible();
    assertThat(page.locator("#dead-retry")).isDisabled();
    assertThat(messages.state("g-1")).isEqualTo(MessageState.PENDING);
    assertThat(messages.state("g-3")).isEqualTo(MessageState.DEAD);
    assertThat(console.node().database().operators().latest(5))
        .anySatisfy(
            action -> {
              assertThat(action.action()).isEqualTo("retry");
              assertThat(action.operator()).isEqualTo(ConsoleInBrowser.OPERATOR);
              assertThat(action.target()).contains("2 dead letters");
              assertThat(action.detail()).contains("g-1", "g-2");
              assertThat(action.outcome()).isEqualTo("2 pending again");
            });
  }

  @Test
  void deadLetters_allOfAUserRetried_leavesTheOthers() {
    messages.dead("iris", "i-1");
    messages.dead("iris", "i-2");
    messages.dead("jack", "j-1");
    page.click("#nav-dead");
    page.fill("#dead-user input", "iris");
    assertThat(page.locator("#dead-count")).hasText("2");

    page.click("#dead-retry-all");
    assertThat(page.locator("#retry-dialog")).containsText("all 2 dead messages of iris");
    page.click("#retry-confirm");

    assertThat(page.locator("#dead-count")).hasText("0");
    assertThat(messages.state("i-1")).isEqualTo(MessageState.PENDING);
    assertThat(messages.state("j-1")).isEqualTo(MessageState.DEAD);
  }

  @Test
  void deadLetters_deliveredMeanwhile_isNotRetriedAndSaysSo() {
    StoredMessage message = messages.dead("kate", "k-1");
    messages.dead("liam", "n-1");
    page.click("#nav-dead");
    page.fill("#dead-user input", "kate");
    assertThat(page.locator("#dead-count")).hasText("1");
    choose("k-1");
    page.click("#dead-retry");
    messages.store().retry(message.message().stream(), message.epoch(), message.offset(), "bob");

    page.click("#retry-confirm");

    assertThat(page.getByText("It was not dead any more")).isVisible();
  }

  @Test
  void deadLetters_linkOfAMessage_leadsToItsSteps() {
    messages.dead("lola", "l/1 & more");
    page.click("#nav-dead");

    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("l/1 & more")).click();

    assertThat(page.locator(".delivery h2")).hasText("lola");
  }

  @Test
  void menu_countsDeadLetters() {
    long before = messages.store().countDead(Optional.empty());

    messages.dead("mona", "m-1");

    assertThat(page.locator("#nav-dead-count")).hasText(Long.toString(before + 1));
  }

  private void open(String id) {
    page.navigate(address(id));
  }

  private static String address(String id) {
    return console.url() + "/messages?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  /** By the row's check box, as somebody without a mouse does. */
  private void choose(String id) {
    assertThat(cell(id)).isVisible();
    String row =
        page.getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setName(id))
            .getAttribute("aria-rowindex");
    int number = Integer.parseInt(row) - HEADER_ROWS;
    page.getByRole(
            AriaRole.CHECKBOX,
            new Page.GetByRoleOptions().setName("Select Row " + number).setExact(true))
        .press("Space");
  }

  private Locator cell(String text) {
    return ConsoleInBrowser.cell(page, "#dead-grid", text);
  }
}
