package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.typed.CallException;
import io.trunkline.invocation.typed.OneWay;
import io.trunkline.invocation.typed.Param;
import io.trunkline.invocation.typed.Service;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Services behind the gateway, by their Java interface. */
class ServiceTest extends ClientFixture {
  record Order(long id, String item) {}

  static final class SoldOut extends Exception {
    private static final long serialVersionUID = 1;

    SoldOut(String message) {
      super(message);
    }
  }

  @Service("orders")
  interface Orders {
    Order create(@Param("item") String item, @Param("quantity") int quantity) throws SoldOut;

    CompletableFuture<Order> get(@Param("id") long id);

    @OneWay
    void viewed(@Param("id") long id);
  }

  private TrunklineClient client() {
    return start(builder());
  }

  private static void answer(FakeGateway.Peer peer, Response.Builder response) {
    peer.send(Frame.newBuilder().setResponse(response));
  }

  @Test
  void method_isARequest_andItsAnswerTheResult() throws Exception {
    TrunklineClient client = client();
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());
    Orders orders = client.service(Orders.class, Duration.ofSeconds(3));

    CompletableFuture<Order> made =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return orders.create("tea", 2);
              } catch (SoldOut e) {
                throw new AssertionError(e);
              }
            });
    Request request = peer.request();
    assertThat(request.getService()).isEqualTo("orders");
    assertThat(request.getMethod()).isEqualTo("create");
    assertThat(request.getContentType()).isEqualTo("application/json");
    assertThat(request.getPayload().toStringUtf8()).isEqualTo("{\"item\":\"tea\",\"quantity\":2}");
    assertThat(request.getDeadlineMs()).isBetween(1_000, 3_000);
    peer.answer(request, Status.OK, "{\"id\":1,\"item\":\"tea\"}");

    assertThat(await(made)).isEqualTo(new Order(1, "tea"));
  }

  @Test
  void declaredException_comesBack_othersAreCallExceptions() throws Exception {
    TrunklineClient client = client();
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());
    Orders orders = client.service(Orders.class);

    CompletableFuture<Throwable> thrown =
        CompletableFuture.supplyAsync(
            () -> org.assertj.core.api.Assertions.catchThrowable(() -> orders.create("tea", 2)));
    answer(
        peer,
        Response.newBuilder()
            .setSeq(peer.request().getSeq())
            .setStatus(Status.CONFLICT)
            .setMessage("no tea")
            .putHeaders("tl-exception", "SoldOut"));
    assertThat(await(thrown)).isExactlyInstanceOf(SoldOut.class).hasMessage("no tea");

    CompletableFuture<Order> missing = orders.get(8);
    peer.answer(peer.request(), Status.NOT_FOUND, "no order 8");
    assertThatThrownBy(() -> await(missing))
        .cause()
        .isInstanceOf(CallException.class)
        .extracting(failure -> ((CallException) failure).status())
        .isEqualTo(Status.NOT_FOUND);
  }

  @Test
  void oneWayMethod_isHandedOver_orThrows() throws Exception {
    TrunklineClient client = client();
    Orders orders = client.service(Orders.class);
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());
    orders.viewed(7);
    Request request = peer.request();
    assertThat(request.getOneWay()).isTrue();
    assertThat(request.getPayload()).isEqualTo(ByteString.copyFromUtf8("{\"id\":7}"));

    client.close();
    await(client.closed());
    assertThatThrownBy(() -> orders.viewed(7)).isInstanceOf(CallException.class);
  }

  @Test
  void waitingOnTheEventLoop_isRefused() throws Exception {
    TrunklineClient client = client();
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());
    Orders orders = client.service(Orders.class);

    // Held back until the dependent is there, so that it runs where the answer comes.
    CompletableFuture<Order> first = orders.get(1);
    Request request = peer.request();
    CompletableFuture<Throwable> second =
        first.thenApply(
            order -> org.assertj.core.api.Assertions.catchThrowable(() -> orders.create("tea", 2)));
    peer.answer(request, Status.OK, "{\"id\":1,\"item\":\"tea\"}");

    assertThat(await(second)).isInstanceOf(IllegalStateException.class);
  }
}
