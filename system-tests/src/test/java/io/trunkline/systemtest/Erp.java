package io.trunkline.systemtest;

import com.example.erp.ErpPublisher;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.JmsProgram;
import io.trunkline.systemtest.installation.Program;
import java.io.IOException;
import java.util.List;

/** Runs {@link ErpPublisher}. */
final class Erp {
  private Erp() {}

  static Program publish(Installation installation, String user) throws IOException {
    return JmsProgram.start(
        installation,
        "erp",
        ErpPublisher.class,
        List.of(installation.jmsUrl(), "publisher", installation.secret("jms-publisher"), user));
  }
}
