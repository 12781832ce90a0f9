package io.trunkline.gateway.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.jms.Receipt;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What {@code publish} tells on standard output, one record a line: for people, or as JSON objects
 * whose field {@code record} says what they are. Thread-safe: a line is printed whole.
 */
final class PublishRecords {
  private static final JsonMapper JSON = new JsonMapper();

  /** What a step has besides its time, name and detail, in the order of printing. */
  private static final List<String> STEP_FIELDS =
      List.of("user", "device", "session", "node", "attempt");

  private final boolean asJson;
  private final PrintStream out;

  PublishRecords(boolean asJson, PrintStream out) {
    this.asJson = asJson;
    this.out = out;
  }

  /** The message has been published. */
  void message(String id) {
    out.println(asJson ? record("message").put("message_id", id) : id);
  }

  void receipt(Receipt receipt) {
    out.println(asJson ? record("receipt").setAll(tree(receipt)) : line(receipt));
  }

  private static ObjectNode tree(Receipt receipt) {
    try {
      return (ObjectNode) JSON.readTree(receipt.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt is no JSON", e);
    }
  }

  /**
   * One step of the message's way.
   *
   * @param step as the management API has it
   */
  void step(JsonNode step) {
    out.println(asJson ? record("step").setAll((ObjectNode) step) : line(step));
  }

  /** Where the message stands at the end. */
  void state(JsonNode delivery) {
    String state = delivery.path("state").asText();
    int attempts = delivery.path("attempts").asInt();
    String waitsFor = delivery.path("waits_for").asText();
    if (asJson) {
      ObjectNode record = record("state").put("state", state).put("attempts", attempts);
      if (!waitsFor.isEmpty()) {
        record.put("waits_for", waitsFor);
      }
      out.println(record);
      return;
    }
    out.println(
        "STATE "
            + state
            + (attempts > 0 ? " attempts=" + attempts : "")
            + (waitsFor.isEmpty() ? "" : " (" + waitsFor + ")"));
  }

  /** How many an audience would reach. */
  void audience(JsonNode count) {
    out.println(
        asJson
            ? record("audience").setAll((ObjectNode) count)
            : "MATCHED now="
                + count.path("matched_now").asLong()
                + " offline="
                + count.path("offline").asLong());
  }

  private static ObjectNode record(String name) {
    return JSON.createObjectNode().put("record", name);
  }

  private static String line(JsonNode step) {
    var line = new StringBuilder("STEP ").append(step.path("at").asText());
    line.append(' ').append(step.path("step").asText());
    for (String field : STEP_FIELDS) {
      if (!step.path(field).asText().isEmpty()) {
        line.append(' ').append(field).append('=').append(step.path(field).asText());
      }
    }
    if (!step.path("detail").asText().isEmpty()) {
      line.append(" (").append(step.path("detail").asText()).append(')');
    }
    return line.toString();
  }

  private static String line(Receipt receipt) {
    var line = new StringBuilder(receipt.status().name());
    receipt.user().ifPresent(user -> line.append(" user=").append(user));
    receipt.device().ifPresent(name -> line.append(" device=").append(name));
    receipt.session().ifPresent(session -> line.append(" session=").append(session));
    receipt
        .counts()
        .forEach((name, count) -> line.append(' ').append(name).append('=').append(count));
    receipt
        .payload()
        .ifPresent(
            payload -> line.append(" reply=").append(new String(payload, StandardCharsets.UTF_8)));
    if (!receipt.detail().isEmpty()) {
      line.append(" (").append(receipt.detail()).append(')');
    }
    return line.toString();
  }
}
