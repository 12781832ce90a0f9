package io.trunkline.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each client's state in a file of its own, readable by its owner only: the resume token is a
 * secret. Thread-safe.
 *
 * <p>A save writes a new file beside the old one, forces it to the disk and then renames it over
 * the old one, so that there is always one whole file, whenever process or machine stop. Saves come
 * in batches, not per message: what a crash costs is the last batch, some 200 ms; the gateway sends
 * those messages again, none is lost. A file that is damaged all the same (its checksum is wrong)
 * is renamed to {@code <file>.damaged-<number>}, which is logged as a warning, and the client
 * begins without it.
 *
 * <p>A lock on {@code <file>.lock} keeps a second process, or a second client of this process, from
 * the same state. That file stays; the lock ends with its process.
 */
public final class FilePositionStore implements PositionStore {
  private static final Logger LOG = LoggerFactory.getLogger(FilePositionStore.class);
  private static final int MAX_DAMAGED = 1_000;

  private final Function<String, Path> files;
  private final Map<String, FileChannel> locks = new HashMap<>();

  private FilePositionStore(Function<String, Path> files) {
    this.files = files;
  }

  /** For one client. A file that holds another client's state is refused. */
  public static FilePositionStore ofFile(Path file) {
    Path absolute = file.toAbsolutePath();
    return new FilePositionStore(client -> absolute);
  }

  /** For any number of clients: a file for each, named by user and device. */
  public static FilePositionStore ofFolder(Path folder) {
    Path absolute = folder.toAbsolutePath();
    return new FilePositionStore(client -> absolute.resolve(StateFormat.fileName(client)));
  }

  /** Where a client's state is. */
  public Path file(String client) {
    return files.apply(client);
  }

  @Override
  public synchronized SavedState load(String client) throws IOException {
    Path file = file(client);
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      lock(client, file);
    } catch (IOException e) {
      throw new IOException("cannot keep positions in " + file + ": " + reason(e), e);
    }
    boolean read = false;
    try {
      Files.deleteIfExists(beside(file, ".new"));
      SavedState state = read(client, file);
      read = true;
      return state;
    } finally {
      if (!read) {
        release(client);
      }
    }
  }

  private static SavedState read(String client, Path file) throws IOException {
    try {
      return StateFormat.parse(client, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return SavedState.EMPTY;
    } catch (StateFormat.Damaged e) {
      Path aside = putAside(file);
      LOG.warn(
          "The positions in {} are damaged ({}); the file is now {}. Messages may be shown again.",
          file,
          e.getMessage(),
          aside);
      return SavedState.EMPTY;
    } catch (IOException e) {
      throw new IOException("cannot read positions from " + file + ": " + reason(e), e);
    }
  }

  private static Path putAside(Path file) throws IOException {
    for (int i = 1; i <= MAX_DAMAGED; i++) {
      Path aside = beside(file, ".damaged-" + i);
      if (!Files.exists(aside)) {
        return Files.move(file, aside);
      }
    }
    throw new IOException("there are already " + MAX_DAMAGED + " damaged files beside " + file);
  }

  private void lock(String client, Path file) throws IOException {
    if (locks.containsKey(client)) {
      throw new IOException("another client of this process has it");
    }
    FileChannel channel = openOwnersOnly(beside(file, ".lock"));
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException("another client of this process has it", e);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException("another process has it");
    }
    locks.put(client, channel);
  }

  @Override
  public synchronized void save(String client, SavedState state) throws IOException {
    if (!locks.containsKey(client)) {
      throw new IOException("the state of " + client + " was not loaded, or let go");
    }
    Path file = file(client);
    Path fresh = beside(file, ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel = openOwnersOnly(fresh)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(StateFormat.format(client, state).getBytes(StandardCharsets.ISO_8859_1));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the file system of " + file + " cannot replace a file at once", e);
    }
    forceFolder(file);
  }

  /** So that the rename outlives a power cut too. Not every system lets a folder be opened. */
  private static void forceFolder(Path file) {
    Path folder = file.getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (IOException e) {
        LOG.debug("Cannot force {} to the disk.", folder, e);
      }
    }
  }

  @Override
  public synchronized void release(String client) {
    FileChannel channel = locks.remove(client);
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.warn("Cannot let go of {}.", file(client), e);
      }
    }
  }

  private static FileChannel openOwnersOnly(Path file) throws IOException {
    FileAttribute<?>[] attributes =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), attributes);
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
