package io.trunkline.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.trunkline.persistence.DrainOrder;
import io.trunkline.persistence.NodeLoad;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nodes as an operator sees and drains them. */
class NodesBrowserTest {
  private static final Duration LEASE = Duration.ofMinutes(5);

  /** Where no API listens. */
  private static final String NOBODY = "127.0.0.1:2";

  private static ConsoleInBrowser console;
  private static ApiStandIn api;
  private static NodeStore nodes;

  private Page page;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    api = new ApiStandIn();
    console =
        new ConsoleInBrowser(
            folder,
            "console.refresh-interval=1s",
            "console.api-timeout=2s",
            "console.api-token=" + ApiStandIn.TOKEN);
    nodes = console.node().database().nodes();
  }

  @AfterAll
  static void stop() throws Exception {
    console.close();
    api.close();
  }

  @BeforeEach
  void open() {
    register("node-1", NOBODY, 5_120, 0.31, 70_000);
    register("node-2", api.address(), 4_870, 0.28, 0);
    register("node-3", NOBODY, 1_200, 0.93, 3_500_000);
    register("node-gone", NOBODY, 17, 0.1, 0);
    nodes.leave("node-gone");
    page = console.operator().newPage();
    page.navigate(console.url() + "/");
    page.click("#nav-nodes");
    assertThat(cell("node-3")).isVisible();
  }

  private static void register(
      String node, String apiAddress, int sessions, double cpu, long outboundBytes) {
    nodes.register(node, node + ".example:7400", apiAddress, LEASE, LEASE);
    load(node, sessions, cpu, outboundBytes);
  }

  private static void load(String node, int sessions, double cpu, long outboundBytes) {
    var _ = nodes.renew(node, LEASE, new NodeLoad(sessions, cpu, outboundBytes));
  }

  private static NodeStore.NodeRow node(String id) {
    return nodes.list().stream().filter(row -> row.id().equals(id)).findAny().orElseThrow();
  }

  @AfterEach
  void closeWindow() {
    console.closeWindows();
  }

  @Test
  void nodes_areShownWithTheirLoad_andFollowIt() {
    assertThat(page.locator("#nodes-up")).hasText("3");
    assertThat(page.locator("#nodes-gone")).hasText("1");
    assertThat(page.locator("#nodes-sessions")).hasText("11,190");
    assertThat(cell("5,120")).isVisible();
    assertThat(cell("93 %")).isVisible();
    assertThat(cell("3.3 MiB")).isVisible();
    assertThat(cell("left")).isVisible();
    assertThat(cell("node-2.example:7400")).isVisible();
    ConsoleInBrowser.picture(page, "nodes");

    load("node-3", 1_201, 0.5, 0);

    assertThat(cell("1,201")).isVisible();
    assertThat(page.locator("#nodes-sessions")).hasText("11,191");
  }

  @Test
  void drain_isOrderedAsAskedFor_andShownUntilItIsTakenBack() {
    button("Drain… node-1").click();
    assertThat(page.locator("#drain-confirm")).isDisabled();
    page.fill("#drain-reason input", "deploy 1.2");
    assertThat(page.locator("#drain-estimate"))
        .containsText("5,120 connected sessions at 50 a second: about 1 min 43 s");
    page.fill("#drain-rate input", "10");
    assertThat(page.locator("#drain-estimate"))
        .containsText("longer than 5 min: about 2,120 would be closed");
    page.fill("#drain-rate input", "100");
    choose("#drain-within", "10 min");
    choose("#drain-jitter", "15 s");
    choose("#drain-target", "node-2");
    ConsoleInBrowser.picture(page, "nodes-drain");
    page.click("#drain-confirm");

    assertThat(cell("draining")).isVisible();
    assertThat(node("node-1").drain())
        .contains(
            new DrainOrder(
                ConsoleInBrowser.OPERATOR,
                "deploy 1.2",
                100,
                Duration.ofMinutes(10),
                Duration.ofSeconds(15),
                Optional.of("node-2")));
    recorded("drain", "deploy 1.2 (100 a second to node-2, within 10 min, jitter 15 s)");
    load("node-1", 1_024, 0.2, 0);
    assertThat(page.locator(".drain-left")).hasText("1,024 of 5,120 connected sessions left");
    assertThat(page.getByRole(AriaRole.PROGRESSBAR)).hasAttribute("aria-valuenow", "80");
    assertThat(page.locator(".drain")).containsText("by ann: deploy 1.2");
    ConsoleInBrowser.picture(page, "nodes-draining");

    button("Undrain node-1").click();

    assertThat(cell("draining")).hasCount(0);
    assertThat(page.locator(".drain")).isHidden();
    assertThat(node("node-1").state()).isEqualTo(NodeState.UP);
    recorded("undrain", "");
  }

  @Test
  void drain_byKeyboardAlone() {
    button("Drain… node-2").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#drain-reason input")).isFocused();
    page.keyboard().type("by hand");
    assertThat(page.locator("#drain-confirm")).isEnabled();
    page.locator("#drain-confirm").press("Enter");

    assertThat(cell("draining")).isVisible();
    assertThat(node("node-2").drain().orElseThrow().target()).isEmpty();
  }

  @Test
  void drain_ofANodeThatHasLeftMeanwhile_saysSo() {
    button("Drain… node-3").click();
    page.fill("#drain-reason input", "too late");
    nodes.leave("node-3");
    page.click("#drain-confirm");

    assertThat(page.getByText("the node does not live any more")).isVisible();
    assertThat(button("Drain… node-3")).hasCount(0);
  }

  @Test
  void forget_aNodeThatIsGone_isDoneByOneThatAnswers_afterSayingWhatGoes_andIsRecorded() {
    api.forgetAnswers(
        200,
        """
        {"node": "node-gone", "messages": 1204}
        """,
        () -> nodes.forget("node-gone", Duration.ZERO, Duration.ZERO));

    button("Forget… node-gone").click();
    Locator dialog = page.locator(".dialog-content");
    assertThat(dialog).containsText("its subscription in the broker is removed");
    assertThat(dialog).containsText("Stored messages are not lost");
    ConsoleInBrowser.picture(page, "nodes-forget");
    page.click("#forget-confirm");

    assertThat(page.getByText("node-gone is forgotten; 1,204 messages waited for it.").first())
        .isVisible();
    assertThat(cell("node-gone")).hasCount(0);
    assertThat(page.locator("#nodes-gone")).hasText("0");
    assertThat(api.forgottenPath()).isEqualTo("/api/v1/nodes/node-gone");
    recorded("forget-node", "node-gone", "", "done; 1,204 messages waited for it");
  }

  @Test
  void forget_isOfferedForNodesThatAreGoneAlone() {
    assertThat(button("Forget… node-gone")).isVisible();
    for (String living : List.of("node-1", "node-2", "node-3")) {
      assertThat(button("Forget… " + living)).hasCount(0);
    }
    page.setViewportSize(800, 900);
    assertThat(button("Forget… node-gone")).isInViewport();
    assertThat(button("Drain… node-1")).isInViewport();
  }

  @Test
  void forget_refused_saysWhyAndChangesNothing_andIsRecorded() {
    api.forgetAnswers(
        503,
        """
        {"code": "unavailable", "detail": "the broker cannot be reached"}
        """,
        () -> {});
    forget("node-gone");
    assertThat(page.getByText("Not forgotten: node-2: the broker cannot be reached.").first())
        .isVisible();
    assertThat(cell("node-gone")).isVisible();
    recorded("forget-node", "node-gone", "", "failed: node-2: the broker cannot be reached");

    api.forgetAnswers(409, "{}", () -> {});
    forget("node-gone");
    assertThat(page.getByText("Not forgotten: node-gone lives").first()).isVisible();
    recorded("forget-node", "node-gone", "", "refused: it lives");

    api.forgetAnswers(404, "{}", () -> {});
    forget("node-gone");
    assertThat(page.getByText("node-gone was forgotten already").first()).isVisible();
  }

  @Test
  void forget_aNodeThatCameBackMeanwhile_isRefused() {
    api.forgetAnswers(500, "{}", () -> {});
    button("Forget… node-gone").click();
    register("node-gone", NOBODY, 3, 0.1, 0);
    page.click("#forget-confirm");

    assertThat(page.getByText("Not forgotten: node-gone lives").first()).isVisible();
    assertThat(button("Drain… node-gone")).isVisible();
  }

  private void forget(String node) {
    button("Forget… " + node).click();
    page.click("#forget-confirm");
  }

  private static void recorded(String action, String detail) {
    recorded(action, "node-1", detail, "ordered");
  }

  private static void recorded(String action, String target, String detail, String outcome) {
    await()
        .untilAsserted(
            () ->
                assertThat(console.node().database().operators().latest(1))
                    .singleElement()
                    .satisfies(
                        latest -> {
                          assertThat(latest.action()).isEqualTo(action);
                          assertThat(latest.target()).contains(target);
                          assertThat(latest.detail()).isEqualTo(detail);
                          assertThat(latest.operator()).isEqualTo(ConsoleInBrowser.OPERATOR);
                          assertThat(latest.outcome()).isEqualTo(outcome);
                        }));
  }

  private void choose(String select, String item) {
    page.locator(select + " vaadin-select-value-button").click();
    page.locator("vaadin-select-item:visible")
        .getByText(item, new Locator.GetByTextOptions().setExact(true))
        .click();
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private Locator cell(String text) {
    return ConsoleInBrowser.cell(page, "#node-grid", text);
  }
}
