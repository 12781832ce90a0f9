package io.trunkline.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.jms.JmsBridge;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoneNodesApiTest {
  private final GatewayFixture fixture = GatewayFixture.shared();
  private final Http http = new Http(fixture.api());

  @Test
  void forget_aNodeThatLeft_removesItsEntryAndItsSubscription_andIsRecorded() throws Exception {
    try (Gateway _ = fixture.startNode("gw-forgotten", Map.of())) {
      assertThat(http.delete("/api/v1/nodes/gw-forgotten").statusCode()).isEqualTo(409);
    }
    try (JmsBridge bridge = JmsBridge.open(fixture.jms(), "test")) {

      var answer = http.delete("/api/v1/nodes/gw-forgotten");

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(Http.json(answer).get("node").asText()).isEqualTo("gw-forgotten");
      assertThat(bridge.removeSubscription("gw-forgotten").messages()).isZero();
    }
    assertThat(http.delete("/api/v1/nodes/gw-forgotten").statusCode()).isEqualTo(404);
  }

  @Test
  void forget_theNodeItself_isRefused() throws Exception {
    var answer = http.delete("/api/v1/nodes/" + fixture.node());

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(Http.json(answer).get("code").asText()).isEqualTo("conflict");
  }
}
