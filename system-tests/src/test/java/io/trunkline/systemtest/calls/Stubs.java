package io.trunkline.systemtest.calls;

import io.trunkline.invocation.typed.Param;
import io.trunkline.invocation.typed.Service;
import java.util.concurrent.CompletableFuture;

/** The services as an app developer writes them down. */
final class Stubs {
  private Stubs() {}

  /** Over HTTP. */
  @Service("parcels")
  interface Parcels {
    CompletableFuture<Parcel> get(@Param("id") String id);

    CompletableFuture<Parcel> create(NewParcel parcel);
  }

  record Parcel(String id, String state) {}

  /**
   * A parcel to be made.
   *
   * @param call the caller's own name for it, by which the back end tells one from another
   */
  record NewParcel(String call) {}

  /** Over JMS. */
  @Service("stock")
  interface Stock {
    CompletableFuture<Counted> count(Item item);
  }

  record Item(String item) {}

  record Counted(int count) {}

  /** In the gateway's own process. */
  @Service("orders")
  interface Orders {
    CompletableFuture<Order> create(NewOrder order);
  }

  record NewOrder(String item, int quantity) {}

  record Order(long id, String item, int quantity) {}
}
