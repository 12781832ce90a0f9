package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Properties;

/**
 * The folder of a local installation: database, broker, keys and passwords. For its owner only;
 * used by one running installation at a time.
 */
public final class DataFolder implements AutoCloseable {
  static final String SECRETS = "secrets.properties";

  /** 192 bits as 32 characters that need no quoting anywhere; a signing key may have no fewer. */
  private static final int PASSWORD_BYTES = 24;

  private final Path root;
  private final FileChannel lockFile;

  private DataFolder(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder if it is not there and takes it for this process.
   *
   * @throws StartupException if another installation runs on it, or it cannot be used
   */
  static DataFolder open(Path folder) throws StartupException {
    Path root = folder.toAbsolutePath().normalize();
    try {
      if (!Files.exists(root)) {
        Files.createDirectories(
            root,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      FileChannel lockFile =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = lockFile.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        lockFile.close();
        throw new StartupException(
            "data folder "
                + root
                + " is in use by another ./trunkline run; stop that or use --data");
      }
      return new DataFolder(root, lockFile);
    } catch (IOException e) {
      throw new StartupException("data folder " + root + " cannot be used: " + e, e);
    }
  }

  /** A folder inside, made if it is not there. */
  Path folder(String name) throws IOException {
    return Files.createDirectories(root.resolve(name));
  }

  Path root() {
    return root;
  }

  /** The routes file, put there with examples in comments if there is none. */
  Path routes() throws IOException {
    Path file = root.resolve("routes.properties");
    if (!Files.exists(file)) {
      try (var example = DataFolder.class.getResourceAsStream("routes.properties")) {
        Files.copy(Objects.requireNonNull(example), file);
      }
    }
    return file;
  }

  /** The installation's passwords, made where they are missing. */
  Secrets secrets() throws IOException {
    Properties stored = read(root);
    boolean changed = false;
    var random = new SecureRandom();
    for (String name : Secrets.NAMES) {
      if (stored.getProperty(name) == null) {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        stored.setProperty(name, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        changed = true;
      }
    }
    if (changed) {
      writePrivate(SECRETS, stored);
    }
    return new Secrets(stored, changed);
  }

  /**
   * The passwords of an installation that was started before.
   *
   * @throws StartupException if there is none
   */
  static Secrets secretsOf(Path folder) throws StartupException {
    try {
      Properties stored = read(folder);
      if (stored.isEmpty()) {
        throw new StartupException(
            "no installation in "
                + folder
                + ": start ./trunkline run first, or name one by --data");
      }
      return new Secrets(stored, false);
    } catch (IOException e) {
      throw new StartupException("cannot read the passwords in " + folder + ": " + e, e);
    }
  }

  private static Properties read(Path folder) throws IOException {
    var stored = new Properties();
    Path file = folder.resolve(SECRETS);
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        stored.load(reader);
      }
    }
    return stored;
  }

  /** Writes a properties file for the owner only: whole or not at all. */
  Path writePrivate(String name, Properties content) throws IOException {
    Path file = root.resolve(name);
    Path next = root.resolve(name + ".new");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (var writer = Files.newBufferedWriter(next, StandardCharsets.UTF_8)) {
      content.store(writer, null);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
