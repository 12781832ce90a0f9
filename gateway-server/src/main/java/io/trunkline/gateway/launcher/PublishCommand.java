package io.trunkline.gateway.launcher;

import io.trunkline.configuration.Configuration;
import io.trunkline.configuration.ConfigurationException;
import io.trunkline.gateway.StartupException;
import io.trunkline.jms.BrokerUnavailableException;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.JmsConfig;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes a message to the downlink by JMS, as an ERP system would.",
      "Prints the message's id, one record a line. With --wait also each receipt, each step of a"
          + " persistent message's way as it comes (STEP ...; they are asked of the management API,"
          + " settings api.*), and at the end where it stands (STATE ...). Exit code 1 if a receipt"
          + " says that it was not delivered, or none came in time.",
      "With --dry-run nothing is sent: it prints how many sessions are connected now and how many"
          + " are offline. Exit code 1 if the selector is none."
    })
final class PublishCommand implements Callable<Integer> {

  /** Exactly one: who it is for. */
  static final class To {
    @Option(names = "--user", description = "A user's sessions (see --device).")
    @Nullable String user;

    @Option(names = "--session", description = "One session, by id.")
    @Nullable UUID session;

    @Option(names = "--topic", description = "The subscribers of a topic.")
    @Nullable String topic;

    @Option(names = "--audience", description = "Sessions whose attributes match this selector.")
    @Nullable String audience;

    @Option(names = "--all", description = "Every session.")
    boolean all;
  }

  @ArgGroup(multiplicity = "1")
  private To to = new To();

  @Option(names = "--device", description = "Only this device of the user.")
  private @Nullable String device;

  @Option(
      names = "--expect",
      defaultValue = "none",
      description = "What each client is asked for: none, ack or reply [${DEFAULT-VALUE}].")
  private String expect = "none";

  @Option(names = "--type", defaultValue = "", description = "Told to the client.")
  private String type = "";

  @Option(
      names = "--content-type",
      defaultValue = "text/plain; charset=utf-8",
      description = "Media type of the body [${DEFAULT-VALUE}].")
  private String contentType = "text/plain; charset=utf-8";

  @Option(names = "--id", description = "Your id of the message [one is made].")
  private @Nullable String id;

  @Option(names = "--key", description = "Conflation key.")
  private @Nullable String key;

  @Option(names = "--non-persistent", description = "Only for those connected now; not stored.")
  private boolean nonPersistent;

  @Option(names = "--priority", defaultValue = "4", description = "0 to 9 [${DEFAULT-VALUE}].")
  private int priority = 4;

  @Option(
      names = "--ttl",
      converter = DurationConverter.class,
      description = "Expires after this time.")
  private @Nullable Duration ttl;

  @Option(
      names = "--wait",
      description = "Wait for the receipts, and show the steps (see --timeout).")
  private boolean wait;

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "How long --wait waits [${DEFAULT-VALUE}].")
  private Duration timeout = Duration.ofSeconds(30);

  @Option(
      names = "--json",
      description = "Each record as a JSON object; its field \"record\" says what it is.")
  private boolean json;

  @Option(
      names = "--dry-run",
      description = "With --audience or --all: only count whom it would reach.")
  private boolean dryRun;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "Folder of the local installation [${DEFAULT-VALUE}].")
  private Path data = Path.of("data");

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..1",
      description = "The body; '-' reads standard input. Not with --dry-run.")
  private @Nullable String text;

  /** The one section that is of use here. */
  record PublisherConfig(JmsConfig jms) {}

  @Override
  public Integer call()
      throws StartupException, BrokerUnavailableException, IOException, InterruptedException {
    Configuration given = settings.read();
    Configuration apiSettings = given.part("api.");
    var records = new PublishRecords(json, System.out);
    if (dryRun) {
      return count(apiSettings, records);
    }
    if (text == null) {
      throw new StartupException(
          "the body is missing: publish ... TEXT, or '-' for standard input");
    }
    if (!given.isGiven("jms.password")) {
      given.setIfAbsent("jms.user", "publisher", "data folder");
      given.setIfAbsent("jms.password", DataFolder.secretsOf(data).jmsPublisher(), "data folder");
    }
    byte[] body =
        text.equals("-") ? System.in.readAllBytes() : text.getBytes(StandardCharsets.UTF_8);
    var receipts = new LinkedBlockingQueue<Receipt>();
    Draft draft = draft(body);
    try (var bridge = JmsBridge.open(given.bind(PublisherConfig.class).jms(), "publish");
        var publication = bridge.publish(draft, receipts::add)) {
      records.message(publication.messageId());
      if (!wait) {
        return 0;
      }
      var waiting = new ReceiptWait(receipts, isForMany(), records);
      return nonPersistent
          ? withoutSteps(waiting)
          : withSteps(waiting, apiSettings, publication.messageId(), records);
    }
  }

  private int withoutSteps(ReceiptWait waiting) throws InterruptedException {
    System.err.println("no steps are shown: a message that is not persistent leaves no trace");
    return waiting.await(timeout);
  }

  private int withSteps(
      ReceiptWait waiting, Configuration apiSettings, String messageId, PublishRecords records)
      throws InterruptedException {
    try (var api = ManagementClient.at(apiSettings, data)) {
      var steps = DeliverySteps.follow(api, messageId, target(), records);
      int exit = waiting.await(timeout);
      steps.finish();
      return exit;
    } catch (StartupException | ConfigurationException e) {
      // Published with settings of a broker alone: nobody has said where an API is.
      System.err.println("the steps cannot be shown: " + e.getMessage());
      return waiting.await(timeout);
    }
  }

  private int count(Configuration apiSettings, PublishRecords records)
      throws StartupException, InterruptedException {
    if (to.audience == null && !to.all) {
      throw new StartupException("--dry-run is for --audience and --all");
    }
    try (var api = ManagementClient.at(apiSettings, data)) {
      return new AudienceCount(api, records).print(Optional.ofNullable(to.audience));
    }
  }

  private boolean isForMany() {
    return to.all || to.topic != null || to.audience != null;
  }

  private Draft draft(byte[] body) throws StartupException {
    Expect expected;
    try {
      expected = Expect.valueOf(expect.toUpperCase(java.util.Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new StartupException("--expect is none, ack or reply, not '" + expect + "'", e);
    }
    return new Draft(
        target(),
        expected,
        Optional.ofNullable(id),
        type,
        contentType,
        body,
        Optional.ofNullable(key),
        !nonPersistent,
        priority,
        Optional.ofNullable(ttl));
  }

  private Target target() {
    if (to.user != null) {
      return new Target.User(to.user, Optional.ofNullable(device));
    } else if (to.session != null) {
      return new Target.OneSession(to.session);
    } else if (to.topic != null) {
      return new Target.Topic(to.topic);
    } else if (to.audience != null) {
      return new Target.Audience(to.audience);
    }
    return new Target.Everyone();
  }
}
