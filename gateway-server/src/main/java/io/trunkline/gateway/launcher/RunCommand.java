package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs everything on this machine: gateway node, PostgreSQL, Artemis, console.",
      "Prints where each listens and how to try it, then 'ready'. Ctrl-C or SIGTERM stops it all.",
      "Another start on the same data goes on where this one stopped."
    })
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "Folder of database, broker, keys and passwords [${DEFAULT-VALUE}].")
  private Path data = Path.of("data");

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Override
  public Integer call() throws Exception {
    if (settings.help) {
      SettingsOptions.print(AllInOneConfig.class);
      return 0;
    }
    var progress = new Progress(System.err);
    var given = settings.read();
    DataFolder folder = DataFolder.open(data);
    var stopped = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    var hook =
        new Thread(
            () -> {
              main.interrupt(); // if it is still starting
              try {
                stopped.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      runUntilStopped(folder, given, progress);
      return 0;
    } finally {
      folder.close();
      stopped.countDown();
    }
  }

  private void runUntilStopped(
      DataFolder folder, io.trunkline.configuration.Configuration given, Progress progress)
      throws StartupException {
    try (var all = AllInOne.start(Installation.distribution(), folder, given, progress)) {
      System.out.println();
      all.addresses().forEach(System.out::println);
      System.out.println(
          """

          Try it, each in a terminal of its own:
            ./trunkline client listen --token "$(./trunkline token --user alice)"
            ./trunkline publish --user alice --expect ack --wait "Hello, alice"
            ./trunkline client call --token "$(./trunkline token --user bob)" \
          orders.create '{"item":"tea","quantity":2}'
          """);
      System.out.println("ready");
      try {
        throw new StartupException(all.awaitFailure());
      } catch (InterruptedException e) {
        progress.say("stopping");
      }
    } catch (InterruptedException e) {
      progress.say("stopped while starting");
    }
    progress.say("stopped");
  }
}
