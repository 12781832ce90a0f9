package io.trunkline.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Keeps the id of this installation from start to start. */
record DeviceFile(Path path) {

  static DeviceFile ofUser() {
    return new DeviceFile(Path.of(System.getProperty("user.home", "."), ".trunkline", "device"));
  }

  /** The kept id; a new one, kept if that is possible, when there is none. */
  String read() {
    try {
      String kept = Files.exists(path) ? Files.readString(path).strip() : "";
      return kept.isEmpty() ? create() : kept;
    } catch (IOException e) {
      return newId();
    }
  }

  private String create() throws IOException {
    String id = newId();
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(path, id + "\n");
    return id;
  }

  static String newId() {
    return "cli-" + UUID.randomUUID();
  }
}
