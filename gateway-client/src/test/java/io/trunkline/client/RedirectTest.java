package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an Error does that names an address. */
class RedirectTest extends ClientFixture {
  private static final Backoff NEVER = new Backoff(Duration.ofHours(1), 1, Duration.ofHours(1));

  private final FakeGateway other = FakeGateway.tcp();

  @AfterEach
  void closeOther() {
    other.close();
  }

  private static void refuse(FakeGateway.Peer peer, CloseCode code, String address) {
    peer.send(
        Frame.newBuilder()
            .setError(Error.newBuilder().setCode(code).setMessage("not here").setAddress(address)));
    peer.close();
  }

  private String otherAddress() {
    return "127.0.0.1:" + other.port();
  }

  @Test
  void addressOfAnError_isFollowedAtOnce_andTheClientSaysThatItWasSent() throws Exception {
    start(builder().backoff(NEVER).retryFirstConnect(false));
    FakeGateway.Peer first = gateway.accept();
    Hello hello = first.hello();
    assertThat(hello.getFollowsAddress()).isTrue();
    assertThat(hello.getRedirected()).isFalse();

    refuse(first, CloseCode.REDIRECTED, otherAddress());

    FakeGateway.Peer second = other.accept();
    assertThat(second.hello().getRedirected()).isTrue();
    second.welcome();
    listener.next(Recorded.Failed.class);
    listener.next(SessionInfo.class);
  }

  @Test
  void addressThatDoesNotAnswer_theFirstIsAskedAgain_toTakeThisClient() throws Exception {
    String dead = otherAddress();
    other.close();
    start(builder());
    FakeGateway.Peer first = gateway.accept();
    assertThat(first.hello().getRedirected()).isFalse();

    refuse(first, CloseCode.REDIRECTED, dead);

    FakeGateway.Peer again = gateway.accept();
    assertThat(again.hello().getRedirected()).as("it has tried what it was told").isTrue();
    again.welcome();
    again.close();
    assertThat(gateway.accept().hello().getRedirected()).as("a new life").isFalse();
  }

  @Test
  void nodesThatSendToEachOther_areFollowedAtOnceOnlyOnce() throws Exception {
    start(builder().backoff(NEVER));
    FakeGateway.Peer first = gateway.accept();
    Hello unused = first.hello();

    refuse(first, CloseCode.DRAINING, otherAddress());
    refuse(other.accept(), CloseCode.DRAINING, "127.0.0.1:" + gateway.port());

    listener.next(Recorded.Failed.class);
    listener.next(Recorded.Failed.class);
    assertThat(gateway.hasNoConnection()).as("now it backs off").isTrue();
  }

  @Test
  void addressThatIsNone_isNotFollowed() throws Exception {
    start(builder());
    FakeGateway.Peer first = gateway.accept();
    Hello unused = first.hello();

    refuse(first, CloseCode.REDIRECTED, "no address");

    FakeGateway.Peer again = gateway.accept();
    assertThat(again.hello().getRedirected()).isTrue();
    again.welcome();
    listener.next(Recorded.Failed.class);
    listener.next(SessionInfo.class);
  }

  @Test
  void firstConnectOnce_triesAllAddressesOnce() throws Exception {
    FakeGateway dead = FakeGateway.tcp();
    dead.close();
    start(
        TrunklineClient.builder()
            .url(dead.url())
            .url(gateway.url())
            .backoff(TINY)
            .retryFirstConnect(false)
            .listener(listener));

    gateway.welcome();
    listener.next(Recorded.Failed.class);
    listener.next(SessionInfo.class);
  }
}
