package io.trunkline.gateway;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Reply;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Subscribed;
import io.trunkline.protocol.v1.Unsubscribe;
import io.trunkline.protocol.v1.Unsubscribed;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * A client that knows streams: it names positions, and tells notifications from the answers between
 * them. For one thread; whatever it waits for comes within ten seconds or is an error.
 */
public final class StreamClient implements AutoCloseable {
  private final TestClient client;
  private final Welcome welcome;
  private final Queue<Frame> early = new ArrayDeque<>();
  private long nextSeq = 1;

  private StreamClient(TestClient client, Hello hello) throws IOException {
    this.client = client;
    client.send(Frame.newBuilder().setHello(hello).build());
    Frame answer = client.receive();
    if (!answer.hasWelcome()) {
      throw new IllegalStateException("no Welcome but " + answer);
    }
    this.welcome = answer.getWelcome();
  }

  /**
   * @param address as a node tells it
   * @param positions by the streams' names
   */
  public static StreamClient connect(
      String address, String token, String device, StreamPosition... positions) throws IOException {
    return connect(address, token, device, ByteString.EMPTY, positions);
  }

  /** With the resume token of an earlier Welcome. */
  public static StreamClient connect(
      String address,
      String token,
      String device,
      ByteString resumeToken,
      StreamPosition... positions)
      throws IOException {
    int colon = address.lastIndexOf(':');
    TestClient client =
        TestClient.connect(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    return new StreamClient(
        client,
        Hello.newBuilder()
            .setToken(token)
            .setDeviceId(device)
            .setClientName("stream-client")
            .setClientVersion("1.0.0")
            .setPlatform("linux")
            .putAllAttributes(Map.of("shop", device))
            .setResumeToken(resumeToken)
            .addAllPositions(Arrays.asList(positions))
            .build());
  }

  public static StreamPosition position(String stream, long epoch, long offset) {
    return StreamPosition.newBuilder().setStream(stream).setEpoch(epoch).setOffset(offset).build();
  }

  /** That everything up to this message has been taken over. */
  public static StreamPosition after(Notify notify) {
    return position(notify.getStream(), notify.getEpoch(), notify.getOffset());
  }

  /** What a Welcome or a Subscribed said of a stream. */
  public static StreamPosition at(StreamStart start) {
    return position(start.getStream(), start.getEpoch(), start.getStartOffset());
  }

  public Welcome welcome() {
    return welcome;
  }

  /** How a stream starts, as Welcome says. */
  public StreamStart start(String stream) {
    return welcome.getStreamsList().stream()
        .filter(start -> start.getStream().equals(stream))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no start of " + stream + " in " + welcome));
  }

  private Frame next(Predicate<Frame> wanted) throws IOException {
    for (Frame frame : early) {
      if (wanted.test(frame)) {
        early.remove(frame);
        return frame;
      }
    }
    while (true) {
      Frame frame = client.receive();
      if (wanted.test(frame)) {
        return frame;
      }
      early.add(frame);
    }
  }

  /** The next notification. */
  public Notify notice() throws IOException {
    return next(Frame::hasNotify).getNotify();
  }

  public List<Notify> notices(int count) throws IOException {
    List<Notify> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(notice());
    }
    return all;
  }

  /** Texts of the next notifications. */
  public List<String> texts(int count) throws IOException {
    return notices(count).stream().map(one -> one.getPayload().toStringUtf8()).toList();
  }

  /** A notification or a stream's start, whichever comes next. */
  public Frame noticeOrStart() throws IOException {
    return next(frame -> frame.hasNotify() || frame.hasStreamStart());
  }

  /** What has come by the time that the gateway answers a Ping. */
  public List<Notify> noticesSoFar() throws IOException {
    client.send(Frame.newBuilder().setPing(Ping.getDefaultInstance()).build());
    next(Frame::hasPong);
    List<Notify> all = early.stream().filter(Frame::hasNotify).map(Frame::getNotify).toList();
    early.removeIf(Frame::hasNotify);
    return all;
  }

  public static Ack.Builder ackOf(Notify notify) {
    return Ack.newBuilder()
        .setMessageId(notify.getMessageId())
        .setStream(notify.getStream())
        .setEpoch(notify.getEpoch())
        .setOffset(notify.getOffset());
  }

  public void ack(Notify notify) throws IOException {
    ack(ackOf(notify).build());
  }

  public void ack(Ack ack) throws IOException {
    client.send(Frame.newBuilder().setAck(ack).build());
  }

  public void reply(Notify notify, String text) throws IOException {
    ack(
        ackOf(notify)
            .setReply(
                Reply.newBuilder()
                    .setContentType("text/plain")
                    .setPayload(ByteString.copyFromUtf8(text)))
            .build());
  }

  public Subscribed subscribe(String topic) throws IOException {
    return subscribe(Subscribe.newBuilder().setTopic(topic));
  }

  public Subscribed subscribe(String topic, StreamPosition position) throws IOException {
    return subscribe(Subscribe.newBuilder().setTopic(topic).setPosition(position));
  }

  private Subscribed subscribe(Subscribe.Builder subscribe) throws IOException {
    long seq = sendSubscribe(subscribe);
    return subscribed(seq);
  }

  /** Without waiting for the answer. */
  public long sendSubscribe(String topic) throws IOException {
    return sendSubscribe(Subscribe.newBuilder().setTopic(topic));
  }

  private long sendSubscribe(Subscribe.Builder subscribe) throws IOException {
    long seq = nextSeq++;
    client.send(Frame.newBuilder().setSubscribe(subscribe.setSeq(seq)).build());
    return seq;
  }

  public Subscribed subscribed(long seq) throws IOException {
    return next(frame -> frame.hasSubscribed() && frame.getSubscribed().getSeq() == seq)
        .getSubscribed();
  }

  public Unsubscribed unsubscribe(String topic) throws IOException {
    long seq = nextSeq++;
    client.send(
        Frame.newBuilder()
            .setUnsubscribe(Unsubscribe.newBuilder().setSeq(seq).setTopic(topic))
            .build());
    return next(frame -> frame.hasUnsubscribed() && frame.getUnsubscribed().getSeq() == seq)
        .getUnsubscribed();
  }

  /** The connection is gone without a word. */
  @Override
  public void close() throws IOException {
    client.hangUp();
  }
}
