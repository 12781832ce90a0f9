package io.trunkline.systemtest.installation;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.test.spi.event.suite.BeforeSuite;

/**
 * What a test waits for without a time of its own may take long on a machine that has much to do.
 */
public final class Patience {
  static final Duration LONG = Duration.ofMinutes(2);

  void allow(@Observes BeforeSuite suite) {
    Awaitility.setDefaultTimeout(LONG);
  }
}
