package io.trunkline.gateway.uplink;

import io.trunkline.invocation.typed.CurrentCall;
import io.trunkline.invocation.typed.ServiceError;
import io.trunkline.protocol.v1.Status;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sample back end, and a sample of a typed service: orders of each user, kept in memory and gone
 * with the process. {@code create} takes {@code {"item":"tea","quantity":2}}, {@code get} takes
 * {@code {"id":1}}, {@code list} nothing. A user sees only their own orders.
 */
final class SampleOrders implements Orders {
  private static final int MAX_ORDERS = 10_000;
  private static final int MAX_ITEM_LENGTH = 200;
  private static final int MAX_QUANTITY = 1_000_000;
  private static final int MAX_LISTED = 100;

  private record Kept(String user, Order order) {}

  private final InstantSource clock;
  private final LinkedHashMap<Long, Kept> orders = new LinkedHashMap<>();
  private long lastId;

  SampleOrders(InstantSource clock) {
    this.clock = clock;
  }

  private static String user() {
    return CurrentCall.get(UplinkCall.class).caller().user();
  }

  @Override
  public Order create(@Nullable String item, @Nullable Integer quantity) {
    int wanted = quantity == null ? 1 : quantity;
    if (item == null || item.isBlank() || item.length() > MAX_ITEM_LENGTH) {
      throw invalid("'item' must have 1 to " + MAX_ITEM_LENGTH + " characters");
    }
    if (wanted < 1 || wanted > MAX_QUANTITY) {
      throw invalid("'quantity' must be 1 to " + MAX_QUANTITY);
    }
    synchronized (orders) {
      lastId++;
      Order order = new Order(lastId, item, wanted, clock.instant().toString());
      orders.put(order.id(), new Kept(user(), order));
      if (orders.size() > MAX_ORDERS) {
        orders.pollFirstEntry();
      }
      return order;
    }
  }

  @Override
  public Order get(long id) {
    Kept kept;
    synchronized (orders) {
      kept = orders.get(id);
    }
    if (kept == null || !kept.user().equals(user())) {
      throw new ServiceError(Status.NOT_FOUND, "you have no order " + id);
    }
    return kept.order();
  }

  @Override
  public List<Order> list() {
    String user = user();
    List<Order> mine = new ArrayList<>();
    synchronized (orders) {
      for (Kept kept : orders.sequencedValues().reversed()) {
        if (kept.user().equals(user) && mine.size() < MAX_LISTED) {
          mine.add(kept.order());
        }
      }
    }
    return mine;
  }

  private static ServiceError invalid(String why) {
    return new ServiceError(Status.INVALID_ARGUMENT, why);
  }
}
