package io.trunkline.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The services of all nodes as an operator sees them. */
class ServicesBrowserTest {
  private static final Duration LEASE = Duration.ofMinutes(5);

  private static ConsoleInBrowser console;
  private static ApiStandIn first;
  private static ApiStandIn second;

  private Page page;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    console =
        new ConsoleInBrowser(
            folder,
            "console.refresh-interval=1s",
            "console.api-timeout=500ms",
            "console.api-token=" + ApiStandIn.TOKEN);
    first = new ApiStandIn();
    second = new ApiStandIn();
    register("node-1", first.address());
    register("node-2", second.address());
  }

  private static void register(String node, String apiAddress) {
    console.node().database().nodes().register(node, "127.0.0.1:1", apiAddress, LEASE, LEASE);
  }

  @AfterAll
  static void stop() throws Exception {
    first.close();
    second.close();
    console.close();
  }

  @BeforeEach
  void open() {
    first.lists(ApiStandIn.services("node-1", 900, 50, 10, "closed"));
    second.lists(ApiStandIn.services("node-2", 100, 0, 0, "open"));
    page = console.operator().newPage();
    page.navigate(console.url() + "/services");
    assertThat(cell("orders")).isVisible();
  }

  @AfterEach
  void closeWindow() {
    console.closeWindows();
  }

  @Test
  void services_areSummedOverTheNodes_andFollowThem() {
    assertThat(page.locator("#services-nodes")).hasText("2 of 2");
    assertThat(page.locator("#services-count")).hasText("3");
    assertThat(page.locator("#services-in-flight")).hasText("8");
    assertThat(cell("1,072")).isVisible();
    assertThat(cell("6 / 128")).isVisible();
    assertThat(cell("94 %")).isVisible();
    assertThat(page.locator("#services-say")).containsText("10 calls of names that are no service");
    ConsoleInBrowser.picture(page, "services");

    first.lists(ApiStandIn.services("node-1", 2_000, 50, 10, "closed"));

    assertThat(cell("2,172")).isVisible();
  }

  @Test
  void service_ofOneNodeWithItsCircuitOpen_isSeenAsOpen_andItsDetailsSayWhere() {
    assertThat(page.locator("#services-open")).hasText("1");

    cell("orders").click();

    Locator details = page.locator("#service-details");
    assertThat(details).containsText("http://10.0.3.7:8080/orders");
    assertThat(details).containsText("20/s a user");
    assertThat(details).containsText("64.0 KiB");
    assertThat(details.locator("dt").getByText("BUSY")).isVisible();
    assertThat(details.locator("dd").getByText("circuit open")).containsText("106 calls");
    ConsoleInBrowser.picture(page, "services-details");
  }

  @Test
  void node_thatDoesNotAnswer_isNamed_andHoldsUpNobody() throws IOException {
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      register("node-3", "127.0.0.1:" + mute.getLocalPort());
      register("node-4", first.address());
      try {
        assertThat(page.locator("#services-nodes")).hasText("2 of 4");
        assertThat(page.locator("#services-troubles"))
            .containsText(
                "node-3: nothing from 127.0.0.1:" + mute.getLocalPort() + " within 500 ms");
        assertThat(page.locator("#services-troubles"))
            .containsText("node-4: at " + first.address() + " there is another node, node-1");
        assertThat(cell("1,072")).isVisible();
        ConsoleInBrowser.picture(page, "services-trouble");
      } finally {
        console.node().database().nodes().leave("node-3");
        console.node().database().nodes().leave("node-4");
      }
    }
  }

  @Test
  void reload_showsEachNodesAnswer_andIsRecorded() {
    first.reloadAnswers(200, ApiStandIn.services("node-1", 900, 50, 10, "closed"));
    second.reloadAnswers(
        422,
        """
        {"code": "invalid_routes", "detail": "UNKNOWN_KEY, line 3, 'stock.tmeout': unknown"}
        """);
    int before = first.reloads();

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Reload routes")).click();

    Locator answers = page.locator(".reload-answers");
    assertThat(answers.locator("dd").first()).containsText("taken over");
    assertThat(answers.locator("dd").last()).containsText("line 3, 'stock.tmeout': unknown");
    assertThat(first.reloads()).isEqualTo(before + 1);
    ConsoleInBrowser.picture(page, "services-reload");
    page.click("#reload-close");
    assertThat(answers).hasCount(0);
    assertThat(console.node().database().operators().latest(1))
        .singleElement()
        .satisfies(
            action -> {
              assertThat(action.operator()).isEqualTo(ConsoleInBrowser.OPERATOR);
              assertThat(action.action()).isEqualTo("reload routes");
              assertThat(action.detail()).isEqualTo("node-1, node-2");
              assertThat(action.outcome()).isEqualTo("refused by node-2");
            });
  }

  private Locator cell(String text) {
    return ConsoleInBrowser.cell(page, "#service-grid", text);
  }
}
