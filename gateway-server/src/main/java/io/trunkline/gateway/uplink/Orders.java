package io.trunkline.gateway.uplink;

import io.trunkline.invocation.payload.Name;
import io.trunkline.invocation.typed.Param;
import io.trunkline.invocation.typed.Service;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sample service: orders of the user who calls. */
@Service("orders")
interface Orders {

  /**
   * One of them.
   *
   * @param createdAt ISO 8601, in UTC
   */
  record Order(long id, String item, int quantity, @Name("created_at") String createdAt) {}

  /**
   * Makes one.
   *
   * @param quantity null: 1
   */
  Order create(@Param("item") @Nullable String item, @Param("quantity") @Nullable Integer quantity);

  /** One of the caller's. */
  Order get(@Param("id") long id);

  /** The caller's last ones, the newest first. */
  List<Order> list();
}
