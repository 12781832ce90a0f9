package io.trunkline.gateway.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.trunkline.gateway.StartupException;
import io.trunkline.jms.Target;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Follows a stored message through the management API: prints each step of its trace as it comes,
 * on a thread of its own, so that receipts do not wait for the API. What keeps the steps from being
 * shown is told once, at the end.
 */
final class DeliverySteps {
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ManagementClient api;
  private final String path;
  private final Target target;
  private final PublishRecords records;

  // Steps that were printed, and how often. By what they say: they have no number, and one that
  // another node tells late can stand before those that are known.
  private final Map<JsonNode, Integer> printed = new HashMap<>();
  private final Thread thread;
  private volatile boolean over;

  private DeliverySteps(
      ManagementClient api, String messageId, Target target, PublishRecords records) {
    this.api = api;
    this.path =
        "/notifications/"
            + URLEncoder.encode(messageId, StandardCharsets.UTF_8).replace("+", "%20");
    this.target = target;
    this.records = records;
    this.thread = Thread.ofVirtual().name("steps").start(this::follow);
  }

  /** Begins to follow. */
  static DeliverySteps follow(
      ManagementClient api, String messageId, Target target, PublishRecords records) {
    return new DeliverySteps(api, messageId, target, records);
  }

  private void follow() {
    try {
      while (!over) {
        try {
          var _ = look();
        } catch (StartupException e) {
          // It may be there by the end; then that is what is told.
        }
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing more is waited for: the last steps, and where the message stands. */
  void finish() throws InterruptedException {
    over = true;
    thread.interrupt();
    thread.join();
    try {
      Found found = look();
      if (found.delivery().isMissingNode()) {
        System.err.println("the steps cannot be shown: " + found.why());
        return;
      }
      records.state(found.delivery());
      if (found.delivery().path("more_steps").asBoolean()) {
        System.err.println("there are more steps: report.delivery_trace has them all");
      }
    } catch (StartupException e) {
      System.err.println("the steps cannot be shown: " + e.getMessage());
    }
  }

  /**
   * @param delivery missing if the API has none
   * @param why it has none
   */
  private record Found(JsonNode delivery, String why) {}

  /** Prints what is new. */
  private Found look() throws StartupException, InterruptedException {
    ManagementClient.Answer answer = api.get(path, TIMEOUT);
    if (!answer.isOk()) {
      return new Found(MissingNode.getInstance(), answer.detail());
    }
    for (JsonNode delivery : answer.json().path("deliveries")) {
      if (isOurs(delivery)) {
        print(delivery.path("steps"));
        return new Found(delivery, "");
      }
    }
    return new Found(
        MissingNode.getInstance(), "what is stored under this id is for somebody else");
  }

  /** An id may have been used for several targets. */
  private boolean isOurs(JsonNode delivery) {
    String stream = delivery.path("stream").asText();
    String name = delivery.path("name").asText();
    return switch (target) {
      case Target.User to -> stream.equals("user") && name.equals(to.user());
      case Target.OneSession to ->
          delivery.path("session").asText().equals(to.session().toString());
      case Target.Topic to -> stream.equals("topic") && name.equals(to.topic());
      case Target.Audience _, Target.Everyone _ -> stream.equals("broadcast");
    };
  }

  private void print(JsonNode steps) {
    Map<JsonNode, Integer> seen = new HashMap<>();
    for (JsonNode step : steps) {
      int count = seen.merge(step, 1, Integer::sum);
      if (count > printed.getOrDefault(step, 0)) {
        printed.put(step, count);
        records.step(step);
      }
    }
  }
}
