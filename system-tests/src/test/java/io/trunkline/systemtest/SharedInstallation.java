package io.trunkline.systemtest;

import io.trunkline.systemtest.installation.Installation;
import org.jboss.arquillian.container.test.api.ContainerController;

/** One running installation for all tests that leave it as they found it. */
final class SharedInstallation {
  private static final String NAME = "shared";

  private SharedInstallation() {}

  /** Started with the first test of a class that wants it; Arquillian stops it after the last. */
  static Installation started(ContainerController controller) {
    if (!controller.isStarted(NAME)) {
      controller.start(NAME);
    }
    return Installation.of(NAME);
  }
}
