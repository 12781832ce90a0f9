package io.trunkline.jms;

/** The bridge over the Artemis client. */
final class ArtemisBridge {
  private ArtemisBridge() {}

  static JmsBridge open(JmsConfig config, String clientName) throws BrokerUnavailableException {
    throw new BrokerUnavailableException(
        config.url() + " for " + clientName + ": not built yet", new IllegalStateException());
  }
}
