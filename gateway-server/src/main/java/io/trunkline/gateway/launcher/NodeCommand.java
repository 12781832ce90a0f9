package io.trunkline.gateway.launcher;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayConfig;
import io.trunkline.gateway.StartupException;
import io.trunkline.gateway.extension.Additions;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a gateway node alone, with an external PostgreSQL (db.url) and Artemis (jms.url).",
      "Prints 'ready' when clients can connect."
    })
final class NodeCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Override
  public Integer call() throws Exception {
    if (settings.help) {
      SettingsOptions.print(GatewayConfig.class);
      return 0;
    }
    GatewayConfig config = settings.read().bind(GatewayConfig.class);
    var stop = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.countDown();
                  try {
                    stopped.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "stop"));
    String failure;
    try (Gateway gateway = Gateway.start(config, Additions.NONE)) {
      System.out.println("clients         tcp://" + gateway.clientAddress());
      System.out.println("management API  http://" + gateway.apiAddress() + "/api/v1");
      System.out.println("ready");
      gateway.failure().thenRun(stop::countDown);
      stop.await();
      failure = gateway.failure().getNow("");
    } finally {
      stopped.countDown();
    }
    if (!failure.isEmpty()) {
      throw new StartupException(failure);
    }
    return 0;
  }
}
