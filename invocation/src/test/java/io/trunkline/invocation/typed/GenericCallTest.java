package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls by name, with a payload and no interface: what other languages and the CLI do. */
class GenericCallTest {
  record Query(String text, int limit) {}

  interface Search {
    String find(@Param("id") long id);

    String find(@Param("id") long id, @Param("lang") String lang);

    String find(@Param("name") String name);

    String find(Query query);

    @Method("findAll")
    String find(@Param("ids") List<Long> ids);

    String one(@Param("id") long id);

    Map<String, Object> echo(Map<String, Object> anything);

    int counts(Map<String, Integer> counts);

    Pong ping(Ping ping);

    String nothing();
  }

  private static final class Searching implements Search {
    @Override
    public String find(long id) {
      return "by id " + id;
    }

    @Override
    public String find(long id, String lang) {
      return "by id " + id + " in " + lang;
    }

    @Override
    public String find(String name) {
      return "by name " + name;
    }

    @Override
    public String find(Query query) {
      return "by query " + query.text() + " " + query.limit();
    }

    @Override
    public String find(List<Long> ids) {
      return "by ids " + ids;
    }

    @Override
    public String one(long id) {
      return "one " + id;
    }

    @Override
    public Map<String, Object> echo(Map<String, Object> anything) {
      return anything;
    }

    @Override
    public int counts(Map<String, Integer> counts) {
      return counts.size();
    }

    @Override
    public Pong ping(Ping ping) {
      return Pong.newBuilder().setNonce(ping.getNonce()).build();
    }

    @Override
    public String nothing() {
      return "called";
    }
  }

  private final Wire wire = new Wire().serve(Search.class, new Searching());

  @AfterEach
  void close() {
    wire.close();
  }

  private String answer(String method, String payload) {
    CallResult result = wire.json("Search", method, payload);
    assertThat(result.status()).as(result.message()).isEqualTo(Status.OK);
    assertThat(result.contentType()).isEqualTo("application/json");
    return result.text();
  }

  private String refusal(String method, String payload) {
    CallResult result = wire.json("Search", method, payload);
    assertThat(result.status()).isEqualTo(Status.INVALID_ARGUMENT);
    return result.message();
  }

  @Test
  void overload_isCalledByItsSignature() {
    assertThat(answer("find(long)", "{\"id\":7}")).isEqualTo("\"by id 7\"");
    assertThat(answer("find(long,String)", "{\"id\":7,\"lang\":\"en\"}"))
        .isEqualTo("\"by id 7 in en\"");
    assertThat(answer("findAll", "{\"ids\":[1,2]}")).isEqualTo("\"by ids [1, 2]\"");
  }

  @Test
  void proxies_callOverloadsByTheirSignatures() {
    Search search = wire.proxy(Search.class);
    assertThat(search.find(7L)).isEqualTo("by id 7");
    assertThat(search.find("tea")).isEqualTo("by name tea");
    assertThat(search.find(new Query("tea", 3))).isEqualTo("by query tea 3");
    assertThat(search.find(7, "en")).isEqualTo("by id 7 in en");
    assertThat(search.find(List.of(1L))).isEqualTo("by ids [1]");
  }

  @Test
  void plainName_findsTheOverload_byNumberAndNamesOfArguments() {
    assertThat(answer("find", "{\"id\":7}")).isEqualTo("\"by id 7\"");
    assertThat(answer("find", "{\"name\":\"tea\"}")).isEqualTo("\"by name tea\"");
    assertThat(answer("find", "{\"lang\":\"en\",\"id\":7}")).isEqualTo("\"by id 7 in en\"");
    assertThat(answer("find", "{\"text\":\"tea\",\"limit\":1}")).isEqualTo("\"by query tea 1\"");
    assertThat(answer("find", "[7,\"en\"]")).isEqualTo("\"by id 7 in en\"");
  }

  @Test
  void plainName_thatFitsSeveral_isRefused_andTheyAreListed() {
    assertThat(refusal("find", "[7]"))
        .contains("more than one", "find(long)", "find(String)", "find(Query)")
        .doesNotContain("findAll");
  }

  @Test
  void plainName_thatFitsNone_isRefused_andTheyAreListed() {
    assertThat(refusal("find", "[1,2,3]")).contains("no 'find'", "find(long,String)");
    assertThat(refusal("find", "nonsense")).contains("no 'find'");
    CallResult binary = wire.call("Search", "find", "x", "application/x-protobuf");
    assertThat(binary.status()).isEqualTo(Status.INVALID_ARGUMENT);
  }

  @Test
  void arguments_areAlsoTakenInTheirOrder() {
    assertThat(answer("find(long,String)", "[7,\"en\"]")).isEqualTo("\"by id 7 in en\"");
    assertThat(refusal("find(long,String)", "[7]")).contains("2 elements", "not 1");
  }

  @Test
  void unknownFields_areIgnored() {
    assertThat(answer("one", "{\"id\":7,\"more\":{\"deep\":[1]}}")).isEqualTo("\"one 7\"");
  }

  @Test
  void missingOrWrongArgument_isNamed() {
    assertThat(refusal("one", "{}")).isEqualTo("'id' is missing");
    assertThat(refusal("one", "")).isEqualTo("'id' is missing");
    assertThat(refusal("one", "{\"id\":null}")).isEqualTo("'id' must not be null");
    assertThat(refusal("one", "{\"id\":1.5}")).isEqualTo("'id' must be a whole number");
    assertThat(refusal("one", "{\"id\":\"x\"}")).isEqualTo("'id' must be a whole number");
    assertThat(refusal("one", "{\"id\":1,\"id\":2}")).isEqualTo("'id' is there twice");
    assertThat(refusal("one", "7")).contains("id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"id\":7",
        "{\"id\":7}}",
        "{\"id\":07}",
        "{id:7}",
        "nonsense",
        "{\"id\":7} 8"
      })
  void payloadThatIsNoJson_isRefusedInWords(String payload) {
    assertThat(refusal("one", payload)).doesNotContain("gson").isNotBlank();
  }

  @Test
  void payloadThatIsNoUtf8_isRefused() throws Exception {
    CallResult result =
        wire.call(
                new io.trunkline.invocation.OutgoingCall(
                    "Search",
                    "one",
                    ByteString.copyFrom(new byte[] {'"', (byte) 0xc3, '"'}),
                    "application/json",
                    Map.of(),
                    java.time.Duration.ofSeconds(1)))
            .get();
    assertThat(result.status()).isEqualTo(Status.INVALID_ARGUMENT);
    assertThat(result.message()).contains("UTF-8");
  }

  @Test
  void payloadThatIsNestedTooDeep_isRefused() {
    assertThat(refusal("echo", "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000))).isNotBlank();
    assertThat(wire.thrown()).isEmpty();
  }

  @Test
  void refusals_areShort_whateverWasSent() {
    String endless = "x".repeat(100_000);
    assertThat(refusal("counts", "{\"" + endless + "\":\"y\"}")).hasSizeLessThan(400);
    assertThat(refusal("counts", "{\"" + endless)).hasSizeLessThan(400);
    assertThat(refusal("ping", "{\"nonce\":\"" + endless + "\"}")).hasSizeLessThan(400);
    assertThat(wire.call("Search", "one", "", "text/" + endless).message()).hasSizeLessThan(400);
  }

  @Test
  void methodWithoutArguments_takesAnyPayload() {
    assertThat(answer("nothing", "")).isEqualTo("\"called\"");
    assertThat(answer("nothing", "{\"a\":1}")).isEqualTo("\"called\"");
  }

  @Test
  void mapTakesAnyObject_asItIs() {
    String any = "{\"a\":1,\"b\":[true,null,\"x<y\"],\"c\":{\"d\":1.5},\"e\":null}";
    assertThat(answer("echo", any)).isEqualTo(any);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.shop+json"
      })
  void whatGenericCallersSend_isReadAsJson(String contentType) {
    CallResult result = wire.call("Search", "one", "{\"id\":7}", contentType);
    assertThat(result.text()).isEqualTo("\"one 7\"");
    assertThat(result.contentType()).isEqualTo("application/json");
  }

  @Test
  void otherContentType_isRefused_andThoseThatGoAreNamed() {
    CallResult result = wire.call("Search", "one", "<id>7</id>", "application/xml");
    assertThat(result.status()).isEqualTo(Status.INVALID_ARGUMENT);
    assertThat(result.message()).contains("application/json", "application/xml");
  }

  @Test
  void protobufMethod_answersInTheContentTypeOfTheRequest() {
    assertThat(answer("ping", "{\"nonce\":\"42\"}")).isEqualTo("{\"nonce\":\"42\"}");
    CallResult binary = wire.call("Search", "ping", "\b*", "application/x-protobuf");
    assertThat(binary.contentType()).isEqualTo("application/x-protobuf");
    assertThat(binary.payload()).isEqualTo(Pong.newBuilder().setNonce(42).build().toByteString());
    assertThat(wire.call("Search", "ping", "\b", "application/x-protobuf").message())
        .contains("trunkline.v1.Ping");
    assertThat(refusal("ping", "{\"nonce\":[]}")).contains("trunkline.v1.Ping");
  }
}
