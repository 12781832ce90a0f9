package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.protocol.v1.Status;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is wrong with an interface is said when it is bound, in words. */
class ServiceContractTest {

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(Class<?> type) {
    return assertThatThrownBy(() -> ServiceContract.of(type).prepare(PayloadCodecs.standard()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(type.getName());
  }

  interface Empty {}

  @Service("no blanks")
  interface BadName {
    void a();
  }

  interface SameNames {
    @Method("get")
    String one();

    @Method("get")
    String two();
  }

  interface BadMethodName {
    @Method("get/it")
    String one();
  }

  interface OneWayWithResult {
    @OneWay
    int tell();
  }

  interface BadTimeout {
    @Timeout("soon")
    int get();
  }

  interface NoNames {
    int get(long id);
  }

  interface SameParameters {
    int get(@Param("id") long id, @Param("id") long other);
  }

  interface Streams {
    InputStream get();
  }

  interface Addresses {
    List<InetAddress> get();
  }

  interface RawLists {
    @SuppressWarnings("rawtypes")
    List get();
  }

  interface OddKeys {
    Map<List<String>, String> get();
  }

  interface Generic<T> {
    T get();
  }

  interface GenericMethod {
    @SuppressWarnings("TypeParameterUnusedInFormals") // that it is refused is the point
    <T> T get();
  }

  interface Strings extends Generic<String> {}

  interface Store<K, V> {
    V get(@Param("key") K key);

    V get(@Param("key") K key, @Param("otherwise") V otherwise);
  }

  interface Prices extends Store<String, Long> {
    @Override
    Long get(@Param("name") String name);
  }

  interface RawFuture {
    @SuppressWarnings("rawtypes")
    CompletableFuture get();
  }

  interface OldFuture {
    Future<String> get();
  }

  static class NoMessage extends Exception {
    private static final long serialVersionUID = 1;
  }

  interface Throwing {
    void get() throws NoMessage;
  }

  @Fails(Status.OK)
  static class Fine extends Exception {
    private static final long serialVersionUID = 1;

    Fine(String message) {
      super(message);
    }
  }

  interface FailingWithOk {
    void get() throws Fine;
  }

  record Held(String name, Thread owner) {}

  interface Threads {
    List<Held> get();
  }

  static class NoConstructor {
    String name = "";

    NoConstructor(String name) {
      this.name = name;
    }
  }

  interface Unmakeable {
    NoConstructor get();
  }

  interface Body {
    @OneWay
    default void tell() {}

    int get();
  }

  @Test
  void interfacesThatCannotBeServices_areRefused() {
    refused(String.class).hasMessageContaining("not an interface");
    refused(Override.class).hasMessageContaining("not an interface");
    refused(Empty.class).hasMessageContaining("no method");
    refused(BadName.class).hasMessageContaining("no blanks");
  }

  @Test
  void methodsThatCannotBeCalled_areRefused() {
    refused(SameNames.class).hasMessageContaining("two methods are 'get'");
    refused(BadMethodName.class).hasMessageContaining("get/it");
    refused(OneWayWithResult.class).hasMessageContaining("void");
    refused(BadTimeout.class).hasMessageContaining("soon");
    refused(NoNames.class).hasMessageContaining("@Param");
    refused(SameParameters.class).hasMessageContaining("two are named 'id'");
    refused(RawFuture.class).hasMessageContaining("future");
    refused(OldFuture.class).hasMessageContaining("CompletableFuture");
    refused(Body.class).hasMessageContaining("runs where it is called");
  }

  @Test
  void typesThatHaveNoPayload_areRefused_andThePlaceIsNamed() {
    refused(Streams.class).hasMessageContaining("java.io.InputStream");
    refused(Addresses.class).hasMessageContaining("java.net.InetAddress");
    refused(RawLists.class).hasMessageContaining("<>");
    refused(OddKeys.class).hasMessageContaining("keys");
    refused(Generic.class).hasMessageContaining("T stands for no type");
    refused(GenericMethod.class).hasMessageContaining("T stands for no type");
    refused(Threads.class).hasMessageContaining("Held.owner").hasMessageContaining("Thread");
    refused(Unmakeable.class).hasMessageContaining("constructor");
  }

  @Test
  void exceptionsThatCannotTravel_areRefused() {
    refused(Throwing.class).hasMessageContaining("NoMessage").hasMessageContaining("String");
    refused(FailingWithOk.class).hasMessageContaining("OK");
  }

  @Test
  void typeVariables_areResolvedByTheInterfaceThatNamesThem() {
    ServiceContract contract = ServiceContract.of(Strings.class);
    assertThat(contract.name()).isEqualTo("Strings");
    assertThat(contract.methods().get(0).shape().result()).isEqualTo(String.class);
    try (Wire wire = new Wire().serve(Strings.class, () -> "text")) {
      assertThat(wire.proxy(Strings.class).get()).isEqualTo("text");
    }
  }

  @Test
  void methodsOfAParent_canBeNarrowed_andAreCalledThroughIt() {
    Prices prices =
        new Prices() {
          @Override
          public Long get(String name) {
            return 7L;
          }

          @Override
          public Long get(String key, Long otherwise) {
            return otherwise;
          }
        };
    assertThat(ServiceBinding.of(Prices.class, prices, PayloadCodecs.standard()).methods())
        .containsOnlyKeys("get", "get(String)", "get(String,Long)");
    try (Wire wire = new Wire().serve(Prices.class, prices)) {
      Store<String, Long> proxy = wire.proxy(Prices.class);
      assertThat(proxy.get("tea")).isEqualTo(7);
      assertThat(proxy.get("tea", 8L)).isEqualTo(8);
      assertThat(wire.json("Prices", "get", "{\"name\":\"tea\"}").text()).isEqualTo("7");
    }
  }

  @Test
  void interfaceIsRead_once() {
    assertThat(ServiceContract.of(Strings.class)).isSameAs(ServiceContract.of(Strings.class));
    assertThat(ProxyMethods.of(Strings.class, PayloadCodecs.standard()))
        .isSameAs(ProxyMethods.of(Strings.class, PayloadCodecs.standard()));
  }
}
