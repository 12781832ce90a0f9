package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcksTest {
  private final List<Ack> sent = new ArrayList<>();
  private boolean connected;
  private final Acks acks = new Acks(ack -> connected && sent.add(ack));

  private static Ack.Builder ack(long offset) {
    return Ack.newBuilder().setStream("user").setOffset(offset);
  }

  @Test
  void keptOnes_areSentInOrder_once() {
    acks.send(ack(1).build());
    acks.send(ack(2).build());
    connected = true;

    acks.sendKept(false);
    acks.sendKept(false);

    assertThat(sent).containsExactly(ack(1).build(), ack(2).build());
  }

  @Test
  void tooMany_theOldestGo() {
    for (long offset = 1; offset <= Acks.MAX_KEPT + 10; offset++) {
      acks.send(ack(offset).build());
    }
    connected = true;
    acks.sendKept(true);

    assertThat(sent).hasSize(Acks.MAX_KEPT).first().isEqualTo(ack(11).build());
  }

  @Test
  void tooManyBytes_theOldestGo() {
    Reply large = Reply.newBuilder().setPayload(ByteString.copyFrom(new byte[1 << 20])).build();
    for (long offset = 1; offset <= 5; offset++) {
      acks.send(ack(offset).setReply(large).build());
    }
    connected = true;
    acks.sendKept(true);

    assertThat(sent).extracting(Ack::getOffset).containsExactly(3L, 4L, 5L);
  }
}
