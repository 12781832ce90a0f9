package io.trunkline.gateway.streams;

import io.trunkline.configuration.Setting;
import java.time.Duration;

/** Section {@code streams}: stored messages and their delivery. */
public record StreamsConfig(
    @Setting(
            value = "256",
            min = "1",
            max = "10000",
            doc = "Messages of a user's stream that one session may have unacknowledged.")
        int window,
    @Setting(
            value = "10m",
            min = "100ms",
            max = "24h",
            doc = "The longest wait for an acknowledgement before a message is sent again.")
        Duration maxAckTimeout,
    @Setting(
            value = "10",
            min = "1",
            max = "1000",
            doc = "Times that a message is sent in vain before it is a dead letter.")
        int maxAttempts,
    @Setting(
            value = "5s",
            min = "100ms",
            max = "10m",
            doc =
                "Age of a waiting message at which is looked whether anybody sends it; of messages for"
                    + " many, how often.")
        Duration overdueAfter,
    @Setting(
            value = "7d",
            min = "0s",
            max = "36500d",
            doc = "How long settled messages of a user stay for the user's other devices.")
        Duration userHistory,
    @Setting(
            value = "24h",
            min = "1s",
            max = "36500d",
            doc = "How long messages of topics and broadcasts stay to be recovered.")
        Duration topicHistory,
    @Setting(
            value = "10000",
            min = "1",
            max = "10000000",
            doc = "How many messages of a topic, and of the broadcasts, stay to be recovered.")
        int topicHistoryCount,
    @Setting(value = "100", min = "1", max = "100000", doc = "Topics that one session may follow.")
        int maxTopics,
    @Setting(
            value = "100",
            min = "0",
            max = "10000",
            doc =
                "Topics with counters of their own in API and metrics; the others are counted"
                    + " together.")
        int countedTopics) {

  /**
   * The wait that follows the given number of attempts in vain: doubled each time, up to {@link
   * #maxAckTimeout} (or the first, if that is longer). Nanoseconds.
   */
  long waitNs(Duration first, int attempts) {
    long firstNs = first.toNanos();
    long longestNs = Math.max(firstNs, maxAckTimeout.toNanos());
    boolean longest = attempts >= Long.numberOfLeadingZeros(firstNs) - 1;
    return longest ? longestNs : Math.min(longestNs, firstNs << attempts);
  }
}
