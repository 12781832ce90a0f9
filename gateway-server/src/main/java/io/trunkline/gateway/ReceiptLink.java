package io.trunkline.gateway;

import io.trunkline.gateway.streams.Streams;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.ReceiptEnvelope;
import io.trunkline.persistence.StoredReceipt;
import java.util.List;
import java.util.UUID;

/** Stored receipts to the broker. */
record ReceiptLink(JmsBridge bridge) implements Streams.ReceiptLink {

  @Override
  public List<UUID> send(List<StoredReceipt> receipts) throws BrokerUnavailableException {
    return bridge.sendReceipts(
        receipts.stream()
            .map(
                receipt ->
                    new ReceiptEnvelope(
                        receipt.id(),
                        receipt.to().destination(),
                        receipt.to().correlationId(),
                        receipt.status(),
                        receipt.body()))
            .toList());
  }
}
