package io.trunkline.gateway.downlink;

import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.JmsBridge.Publication;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A publisher that keeps its receipts. */
final class Erp implements AutoCloseable {
  private final JmsBridge bridge;
  private final List<Publication> open = new ArrayList<>();
  private final List<Receipt> receipts = new CopyOnWriteArrayList<>();

  Erp(GatewayFixture fixture) throws BrokerUnavailableException {
    bridge = JmsBridge.open(fixture.jms(), "erp");
  }

  /** A message in the making: persistent, no acknowledgement expected. */
  record Message(
      Target target,
      String text,
      Expect expect,
      Optional<String> id,
      Optional<String> key,
      boolean persistent,
      Optional<Duration> timeToLive) {
    static Message to(Target target, String text) {
      return new Message(
          target, text, Expect.NONE, Optional.empty(), Optional.empty(), true, Optional.empty());
    }

    static Message to(String user, String text) {
      return to(new Target.User(user, Optional.empty()), text);
    }

    Message expecting(Expect what) {
      return new Message(target, text, what, id, key, persistent, timeToLive);
    }

    Message id(String newId) {
      return new Message(target, text, expect, Optional.of(newId), key, persistent, timeToLive);
    }

    Message key(String newKey) {
      return new Message(target, text, expect, id, Optional.of(newKey), persistent, timeToLive);
    }

    Message passing() {
      return new Message(target, text, expect, id, key, false, timeToLive);
    }

    Message living(Duration time) {
      return new Message(target, text, expect, id, key, persistent, Optional.of(time));
    }
  }

  /** Returns the message's id. */
  String publish(Message message) throws BrokerUnavailableException {
    Publication publication =
        bridge.publish(
            new Draft(
                message.target(),
                message.expect(),
                message.id(),
                "order",
                "text/plain",
                message.text().getBytes(StandardCharsets.UTF_8),
                message.key(),
                message.persistent(),
                4,
                message.timeToLive()),
            receipts::add);
    open.add(publication);
    return publication.messageId();
  }

  List<Receipt> receiptsOf(String messageId) {
    return receipts.stream().filter(one -> one.messageId().equals(messageId)).toList();
  }

  /** Waits for the first receipt of that status about a message. */
  Receipt receipt(String messageId, Status status) {
    return receipt(messageId, status, Duration.ofSeconds(60));
  }

  Receipt receipt(String messageId, Status status, Duration patience) {
    await(status + " of " + messageId)
        .atMost(patience)
        .until(
            () -> receiptsOf(messageId).stream().anyMatch(receipt -> receipt.status() == status));
    return receiptsOf(messageId).stream()
        .filter(receipt -> receipt.status() == status)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    open.forEach(Publication::close);
    bridge.close();
  }
}
