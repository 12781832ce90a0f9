package io.trunkline.gateway.uplink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sample back end: orders of each user, kept in memory and gone with the process. {@code create}
 * takes {@code {"item":"tea","quantity":2}}, {@code get} takes {@code {"id":1}}, {@code list}
 * nothing. A user sees only their own orders.
 */
final class SampleOrders {
  private static final int MAX_ORDERS = 10_000;
  private static final int MAX_ITEM_LENGTH = 200;
  private static final int MAX_QUANTITY = 1_000_000;
  private static final int MAX_LISTED = 100;

  private record Order(long id, String user, String item, int quantity, String createdAt) {
    Map<String, Object> shown() {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("id", id);
      shown.put("item", item);
      shown.put("quantity", quantity);
      shown.put("created_at", createdAt);
      return shown;
    }
  }

  private final JsonMapper json = new JsonMapper();
  private final InstantSource clock;
  private final LinkedHashMap<Long, Order> orders = new LinkedHashMap<>();
  private long lastId;

  SampleOrders(InstantSource clock) {
    this.clock = clock;
  }

  UplinkService service() {
    return new UplinkService(
        "orders", true, Map.of("create", this::create, "get", this::get, "list", this::list));
  }

  private CallResult create(UplinkCall call) throws JsonProcessingException {
    JsonNode asked = read(call);
    String item = asked.path("item").asText("");
    int quantity = asked.path("quantity").asInt(1);
    if (item.isBlank() || item.length() > MAX_ITEM_LENGTH) {
      return BuiltInServices.invalid("'item' must have 1 to " + MAX_ITEM_LENGTH + " characters");
    }
    if (quantity < 1 || quantity > MAX_QUANTITY) {
      return BuiltInServices.invalid("'quantity' must be 1 to " + MAX_QUANTITY);
    }
    Order order;
    synchronized (orders) {
      lastId++;
      order = new Order(lastId, call.caller().user(), item, quantity, clock.instant().toString());
      orders.put(order.id(), order);
      if (orders.size() > MAX_ORDERS) {
        orders.pollFirstEntry();
      }
    }
    return CallResult.json(json.writeValueAsString(order.shown()));
  }

  private CallResult get(UplinkCall call) throws JsonProcessingException {
    JsonNode id = read(call).path("id");
    if (!id.isIntegralNumber()) {
      return BuiltInServices.invalid("'id' must be a whole number");
    }
    Order order;
    synchronized (orders) {
      order = orders.get(id.asLong());
    }
    if (order == null || !order.user().equals(call.caller().user())) {
      return CallResult.failed(Status.NOT_FOUND, "you have no order " + id.asLong());
    }
    return CallResult.json(json.writeValueAsString(order.shown()));
  }

  private CallResult list(UplinkCall call) throws JsonProcessingException {
    List<Map<String, Object>> mine = new ArrayList<>();
    synchronized (orders) {
      for (Order order : orders.sequencedValues().reversed()) {
        if (order.user().equals(call.caller().user()) && mine.size() < MAX_LISTED) {
          mine.add(order.shown());
        }
      }
    }
    return CallResult.json(json.writeValueAsString(mine));
  }

  /** The payload as JSON; what is none has no fields. */
  private JsonNode read(UplinkCall call) {
    try {
      return json.readTree(call.payload().toByteArray());
    } catch (java.io.IOException e) {
      return json.createObjectNode();
    }
  }
}
