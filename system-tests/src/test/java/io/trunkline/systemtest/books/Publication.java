package io.trunkline.systemtest.books;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message that the ERP system wants to be delivered.
 *
 * @param number in the order of publishing, from 0
 * @param user empty: everybody
 * @param grouped whether it carries {@code JMSXGroupID}, without which several nodes may take a
 *     user's messages side by side
 * @param timeToLive zero: for ever
 * @param sends how often it was sent; more than once after failures whose outcome is not known
 */
record Publication(
    String id, int number, String user, boolean grouped, Duration timeToLive, AtomicInteger sends) {
  boolean broadcast() {
    return user.isEmpty();
  }

  boolean mayExpire() {
    return !timeToLive.isZero();
  }
}
