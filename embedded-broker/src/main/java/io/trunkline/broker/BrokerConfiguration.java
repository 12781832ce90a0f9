package io.trunkline.broker;

import java.util.Map;
import java.util.UUID;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/** The broker's settings: durable, closed to others, sized for a heap of 256 MiB. */
final class BrokerConfiguration {
  private static final long GLOBAL_MAX_BYTES = 64L << 20;
  private static final long ADDRESS_MAX_BYTES = 16L << 20;
  private static final int PAGE_BYTES = 2 << 20;

  /** How long a write waits for others to share its fsync; Artemis' default costs 3.3 ms each. */
  private static final int JOURNAL_BUFFER_TIMEOUT_NS = 300_000;

  /** How late a publisher may hear that a message expired while nobody took it. */
  private static final long EXPIRY_SCAN_MS = 5_000;

  /**
   * Groups of a subscription are put into so many: each keeps its order, and what the broker
   * remembers of them does not grow with their names. A bucket stays with its node until that node
   * is gone; no rebalancing, which would hold everything back while one node is slow.
   */
  private static final int GROUP_BUCKETS = 1_024;

  private BrokerConfiguration() {}

  static Configuration of(BrokerOptions options) {
    String data = options.data().toAbsolutePath().toString();
    Configuration configuration =
        new ConfigurationImpl()
            .setName("trunkline")
            .setPersistenceEnabled(true)
            .setJournalType(JournalType.NIO)
            .setJournalDirectory(data + "/journal")
            .setBindingsDirectory(data + "/bindings")
            .setPagingDirectory(data + "/paging")
            .setLargeMessagesDirectory(data + "/large-messages")
            .setJournalDatasync(true)
            .setJournalSyncTransactional(true)
            .setJournalSyncNonTransactional(true)
            .setJournalBufferTimeout_NIO(JOURNAL_BUFFER_TIMEOUT_NS)
            .setGlobalMaxSize(GLOBAL_MAX_BYTES)
            .setSecurityEnabled(true)
            // Artemis has a built-in administrator with a well-known default password.
            .setClusterUser("cluster-" + UUID.randomUUID())
            .setClusterPassword(UUID.randomUUID().toString())
            .setJMXManagementEnabled(false)
            .setMessageCounterEnabled(false)
            .setMessageExpiryScanPeriod(EXPIRY_SCAN_MS)
            // Nodes tell by it whether a message was passed on by one of them.
            .setPopulateValidatedUser(true)
            .addAcceptorConfiguration(acceptor(options));
    Permissions.byAddress().forEach(configuration::putSecurityRoles);
    addSettings(configuration);
    addAddresses(configuration);
    return configuration;
  }

  private static TransportConfiguration acceptor(BrokerOptions options) {
    return new TransportConfiguration(
        NettyAcceptorFactory.class.getName(),
        Map.of(
            TransportConstants.HOST_PROP_NAME, options.host(),
            TransportConstants.PORT_PROP_NAME, options.port(),
            TransportConstants.PROTOCOLS_PROP_NAME, "CORE"),
        "core");
  }

  private static void addSettings(Configuration configuration) {
    configuration.addAddressSetting("#", settings());
    // What waits for a node or the database must outlast any number of attempts.
    // No redelivery delay: what comes later would overtake what waits for it.
    configuration.addAddressSetting(
        Addresses.DOWNLINK,
        settings()
            .setMaxDeliveryAttempts(-1)
            // Bounded, whatever publishers name their groups.
            .setDefaultGroupBuckets(GROUP_BUCKETS)
            // The gateway reports these to their publishers.
            .setExpiryAddress(SimpleString.of(Addresses.DOWNLINK_EXPIRED)));
    configuration.addAddressSetting(
        Addresses.DOWNLINK_EXPIRED, settings().setMaxDeliveryAttempts(-1));
    // A request that nobody took in time has been answered by the gateway: no trace is kept of it.
    configuration.addAddressSetting(
        Addresses.UPLINK_PATTERN, queuesMadeByFirstUse().setExpiryAddress(SimpleString.of("")));
    // A receipt that comes before its reader waits for it.
    configuration.addAddressSetting(Addresses.RECEIPTS_PATTERN, queuesMadeByFirstUse());
  }

  private static AddressSettings queuesMadeByFirstUse() {
    return settings()
        .setAutoCreateAddresses(true)
        .setAutoCreateQueues(true)
        .setDefaultAddressRoutingType(RoutingType.ANYCAST)
        .setDefaultQueueRoutingType(RoutingType.ANYCAST);
  }

  private static AddressSettings settings() {
    return new AddressSettings()
        .setDeadLetterAddress(SimpleString.of(Addresses.DEAD_LETTERS))
        .setExpiryAddress(SimpleString.of(Addresses.EXPIRED))
        .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
        .setMaxSizeBytes(ADDRESS_MAX_BYTES)
        .setPageSizeBytes(PAGE_BYTES)
        .setAutoCreateAddresses(false)
        .setAutoCreateQueues(false)
        .setAutoDeleteAddresses(true)
        .setAutoDeleteQueues(false);
  }

  private static void addAddresses(Configuration configuration) {
    for (String topic : new String[] {Addresses.DOWNLINK, Addresses.EVENTS, Addresses.CONTROL}) {
      configuration.addAddressConfiguration(
          new CoreAddressConfiguration().setName(topic).addRoutingType(RoutingType.MULTICAST));
    }
    for (String queue :
        new String[] {
          Addresses.REJECTED, Addresses.DOWNLINK_EXPIRED, Addresses.DEAD_LETTERS, Addresses.EXPIRED
        }) {
      configuration.addAddressConfiguration(
          new CoreAddressConfiguration()
              .setName(queue)
              .addRoutingType(RoutingType.ANYCAST)
              .addQueueConfig(
                  QueueConfiguration.of(queue)
                      .setRoutingType(RoutingType.ANYCAST)
                      .setDurable(true)));
    }
  }
}
