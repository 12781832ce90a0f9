package io.trunkline.invocation.typed;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A service of many kinds of methods, behind bytes. */
abstract class OrdersFixture {
  record Order(long id, String item, int quantity) {}

  @Fails(Status.NOT_FOUND)
  static class NoSuchOrder extends Exception {
    private static final long serialVersionUID = 1;

    NoSuchOrder(String message) {
      super(message);
    }
  }

  static final class ArchivedOrder extends NoSuchOrder {
    private static final long serialVersionUID = 1;

    ArchivedOrder(int year) {
      super("archived in " + year);
    }
  }

  static final class SoldOut extends Exception {
    private static final long serialVersionUID = 1;

    SoldOut(String message) {
      super(message);
    }
  }

  @Service("orders")
  interface Orders {
    Order get(@Param("id") long id) throws NoSuchOrder, SoldOut;

    @Method("make")
    Order create(@Param("item") String item, @Param("quantity") int quantity)
        throws NoSuchOrder, SoldOut;

    CompletableFuture<Order> getLater(@Param("id") long id) throws NoSuchOrder;

    CompletionStage<List<Order>> all();

    CompletableFuture<Void> touchLater();

    @Nullable Order latest();

    void touch() throws IOException;

    @OneWay
    void note(@Param("text") String text);

    @Timeout("2s")
    Order slow();

    String stuck();

    String stuckTold() throws InterruptedException;

    Pong ping(Ping ping);

    default Order pair(String item) throws NoSuchOrder, SoldOut {
      return create(item, 2);
    }
  }

  /** What the other side does. */
  static class Shop implements Orders {
    final Queue<String> notes = new ConcurrentLinkedQueue<>();
    final CountDownLatch stuck = new CountDownLatch(1);
    final CountDownLatch stuckHere = new CountDownLatch(1);

    @Override
    public Order get(long id) throws NoSuchOrder, SoldOut {
      if (id == 7) {
        return new Order(7, "tea", 2);
      } else if (id == 1999) {
        throw new ArchivedOrder(1999);
      } else if (id < 0) {
        throw new IllegalStateException("a secret of the back end");
      } else if (id == 403) {
        throw new ServiceError(Status.PERMISSION_DENIED, "not yours");
      } else if (id == 429) {
        throw new ServiceError(Status.RATE_LIMITED, "slowly", Duration.ofSeconds(3));
      }
      throw new NoSuchOrder("there is no order " + id);
    }

    @Override
    public Order create(String item, int quantity) throws SoldOut {
      if (quantity > 100) {
        throw new SoldOut("there are 100");
      }
      return new Order(1, item, quantity);
    }

    @Override
    public CompletableFuture<Order> getLater(long id) {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return get(id);
            } catch (NoSuchOrder | SoldOut e) {
              throw new CompletionException(e);
            }
          });
    }

    @Override
    public CompletionStage<List<Order>> all() {
      return CompletableFuture.completedStage(List.of(new Order(1, "tea", 1)));
    }

    @Override
    public CompletableFuture<Void> touchLater() {
      return CompletableFuture.runAsync(() -> notes.add("touched later"));
    }

    @Override
    public @Nullable Order latest() {
      return null;
    }

    @Override
    public void touch() {
      notes.add("touched");
    }

    @Override
    public void note(String text) {
      notes.add(text);
    }

    @Override
    public Order slow() {
      return new Order(3, "slow", 1);
    }

    @Override
    public String stuck() {
      stuckHere.countDown();
      try {
        stuck.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return "free";
    }

    @Override
    public String stuckTold() {
      return stuck();
    }

    @Override
    public Pong ping(Ping ping) {
      return Pong.newBuilder().setNonce(ping.getNonce()).build();
    }
  }

  final Shop shop = new Shop();
  final Wire wire = new Wire().serve(Orders.class, shop);
  final Orders orders = wire.proxy(Orders.class);

  @AfterEach
  void close() {
    shop.stuck.countDown();
    wire.close();
  }

  OutgoingCall lastSent() {
    return Objects.requireNonNull(wire.sent.poll());
  }

  /** Answers when the test wants. */
  record Silent(CompletableFuture<CallResult> outcome) implements io.trunkline.invocation.Caller {
    @Override
    public CompletableFuture<CallResult> call(OutgoingCall call) {
      return outcome;
    }

    @Override
    public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
      return outcome;
    }
  }

  static Orders answered(CallResult result) {
    return ServiceProxy.of(
        Orders.class,
        new Silent(CompletableFuture.completedFuture(result)),
        Duration.ofSeconds(10),
        PayloadCodecs.standard());
  }
}
