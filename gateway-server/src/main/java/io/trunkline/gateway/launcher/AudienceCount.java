package io.trunkline.gateway.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.gateway.StartupException;
import java.time.Duration;
import java.util.Optional;

/** Asks the management API whom an audience would reach; sends nothing. */
final class AudienceCount {
  /** Longer than the API takes at the most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final ManagementClient api;
  private final PublishRecords records;

  AudienceCount(ManagementClient api, PublishRecords records) {
    this.api = api;
    this.records = records;
  }

  /**
   * Prints how many are connected and how many offline; what is wrong goes to standard error.
   *
   * @param selector absent: everybody
   * @return the program's exit code
   * @throws StartupException if the API cannot be reached
   */
  int print(Optional<String> selector) throws StartupException, InterruptedException {
    var body = new JsonMapper().createObjectNode();
    selector.ifPresent(text -> body.put("selector", text));
    ManagementClient.Answer answer = api.post("/audiences/count", body, TIMEOUT);
    if (!answer.isOk()) {
      System.err.println(answer.detail());
      return 1;
    }
    JsonNode json = answer.json();
    records.audience(json);
    if (!json.path("complete").asBoolean()) {
      System.err.println(
          "there may be more: after "
              + json.path("scanned").asLong()
              + " sessions the time was up");
    }
    return 0;
  }
}
