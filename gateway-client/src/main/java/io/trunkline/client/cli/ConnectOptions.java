package io.trunkline.client.cli;

import io.trunkline.client.ClientBuilder;
import io.trunkline.client.GatewayException;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.TrunklineClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Where to connect and as whom: options of all commands, before or behind the command's name. */
final class ConnectOptions {
  private static final String DEFAULT_URL = "tcp://127.0.0.1:7400";
  private static final long BYE_PATIENCE_MS = 3_000;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--url",
      paramLabel = "URL",
      description =
          "tcp://host:port or ws://host:port/; as often as wanted, the first is tried first."
              + " Default: "
              + DEFAULT_URL
              + ", or none with --assign")
  List<String> urls = new ArrayList<>();

  @Option(
      scope = ScopeType.INHERIT,
      names = "--assign",
      paramLabel = "URL",
      description =
          "Who is asked where to connect: http://host:port of a management API; --url is then what"
              + " is tried when nobody answers")
  @Nullable String assign;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--token",
      defaultValue = "${env:TRUNKLINE_TOKEN}",
      paramLabel = "TOKEN",
      description =
          "A client token, or @FILE to read it from. Default: the variable TRUNKLINE_TOKEN")
  @Nullable String token;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--device",
      paramLabel = "ID",
      description =
          "Name of this installation. Default: made once, kept in ~/.trunkline/device; a new one"
              + " for each call")
  @Nullable String device;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--attr",
      paramLabel = "K=V",
      description = "What this client says of itself; as often as wanted")
  Map<String, String> attributes = new LinkedHashMap<>();

  @Option(
      scope = ScopeType.INHERIT,
      names = "--json",
      description = "Standard output as JSON, one object a line")
  boolean json;

  /** For a command that connects for one thing and must not replace one that listens. */
  ClientBuilder builderForOneThing() {
    return builderFor(device == null ? DeviceFile.newId() : device);
  }

  ClientBuilder builder() {
    return builderFor(device == null ? DeviceFile.ofUser().read() : device);
  }

  ClientBuilder builderFor(String deviceId) {
    if (token == null || token.isBlank()) {
      throw new CliException(ClientMain.UNUSABLE, "no token: give --token, or set TRUNKLINE_TOKEN");
    }
    String given = token;
    ClientBuilder builder = builder(readToken(given), deviceId);
    // A file may have a newer one at each attempt.
    return given.startsWith("@") ? builder.token(() -> readToken(given)) : builder;
  }

  ClientBuilder builder(String token, String deviceId) {
    try {
      ClientBuilder builder =
          TrunklineClient.builder()
              .token(token)
              .clientName("trunkline-cli")
              .deviceId(deviceId)
              .retryFirstConnect(false);
      attributes.forEach(builder::attribute);
      (urls.isEmpty() && assign == null ? List.of(DEFAULT_URL) : urls).forEach(builder::url);
      if (assign != null) {
        builder.assign(assign);
      }
      var unused = builder.options();
      return builder;
    } catch (IllegalArgumentException e) {
      throw new CliException(ClientMain.UNUSABLE, String.valueOf(e.getMessage()));
    }
  }

  /** Waits for the first Welcome. */
  static SessionInfo connect(TrunklineClient client) throws InterruptedException {
    try {
      return client.connect().get();
    } catch (ExecutionException e) {
      // The listener may have something to print first.
      end(client);
      int exitCode =
          e.getCause() instanceof GatewayException ? ClientMain.REFUSED : ClientMain.UNUSABLE;
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CliException(exitCode, String.valueOf(cause.getMessage()));
    }
  }

  /** Says Bye and waits, not for ever, until it is over. */
  static void end(TrunklineClient client) {
    client.close();
    var unused =
        client
            .closed()
            .thenAccept(last -> {})
            .completeOnTimeout(null, BYE_PATIENCE_MS, TimeUnit.MILLISECONDS)
            .join();
  }

  static String readToken(String given) {
    if (!given.startsWith("@")) {
      return given;
    }
    Path file = Path.of(given.substring(1));
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CliException(ClientMain.UNUSABLE, "cannot read the token from " + file);
    }
  }
}
