package io.trunkline.gateway.launcher;

import io.trunkline.configuration.Configuration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every program that reads settings. */
final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings, one key = value a line.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting; wins over file and environment. May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--help-settings", description = "Show every setting and stop.")
  boolean help;

  Configuration read() {
    var configuration = new Configuration().environment(System.getenv());
    if (file != null) {
      configuration.file(file);
    }
    return configuration.arguments(settings);
  }

  static void print(Class<? extends Record> root) {
    for (Configuration.Key key : Configuration.keys(root)) {
      String byDefault = key.defaultText().isEmpty() ? "" : " [" + key.defaultText() + "]";
      System.out.println(key.name() + byDefault + "\n    " + key.doc());
    }
  }
}
