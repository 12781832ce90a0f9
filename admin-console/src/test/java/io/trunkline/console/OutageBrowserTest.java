package io.trunkline.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Nodes and services while the broker is away, and then the database too; none comes back. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OutageBrowserTest {
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final String NODE = "node-1";

  private static ConsoleInBrowser console;
  private static ApiStandIn api;

  private Page page;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    console =
        new ConsoleInBrowser(
            folder,
            "db.connect-timeout=5s", // what is away is waited for so long
            "jms.connect-timeout=20s",
            "console.refresh-interval=1s",
            "console.api-token=" + ApiStandIn.TOKEN);
    api = new ApiStandIn();
    api.lists(ApiStandIn.services(NODE, 10, 0, 0, "closed"));
    nodes().register(NODE, "127.0.0.1:1", api.address(), LEASE, LEASE);
  }

  private static NodeStore nodes() {
    return console.node().database().nodes();
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
    console.close();
  }

  @BeforeEach
  void openWindow() {
    page = console.operator().newPage();
  }

  private void open(String menu) {
    page.navigate(console.url() + "/");
    page.click(menu);
  }

  @AfterEach
  void closeWindow() {
    console.closeWindows();
  }

  @Test
  @Order(1)
  void drain_whileTheBrokerIsAway_isOrderedAllTheSame_andSaysSo() throws Exception {
    console.parts().killBroker();
    open("#nav-nodes");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Drain… " + NODE)).click();
    assertThat(page.locator("#drain-alone")).isVisible();
    page.fill("#drain-reason input", "no broker");
    ConsoleInBrowser.picture(page, "nodes-drain-alone");

    page.click("#drain-confirm");

    assertThat(page.getByText("it learns of it when it renews its lease")).isVisible();
    assertThat(nodes().list().getFirst().state()).isEqualTo(NodeState.DRAINING);
    assertThat(console.node().database().operators().latest(1).getFirst().outcome())
        .isEqualTo("ordered; broker away");
  }

  @Test
  @Order(2)
  void services_whileTheDatabaseIsAway_areThoseOfTheNodesThatWereThere_andNodesSaySo()
      throws Exception {
    open("#nav-services");
    assertThat(page.locator("#services-nodes")).hasText("1 of 1");

    console.parts().stopDatabase();

    assertThat(page.locator("#services-say")).containsText("The database does not answer");
    assertThat(ConsoleInBrowser.cell(page, "#service-grid", "orders")).isVisible();
    page.click("#nav-nodes");
    assertThat(page.locator("#node-grid")).containsText("The database does not answer.");
    assertThat(page.locator("#nodes-up")).hasText("–");
    ConsoleInBrowser.picture(page, "nodes-database-away");
  }
}
