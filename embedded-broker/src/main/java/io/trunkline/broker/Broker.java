package io.trunkline.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A started broker, and the lock on its data. */
final class Broker {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

  private final EmbeddedActiveMQ server;
  private final FileChannel lockFile;

  private Broker(EmbeddedActiveMQ server, FileChannel lockFile) {
    this.server = server;
    this.lockFile = lockFile;
  }

  static Broker start(BrokerOptions options) throws BrokerStartException {
    Users users = Users.read(options.users());
    FileChannel lockFile = lock(options.data());
    checkPort(options);
    EmbeddedActiveMQ server =
        new EmbeddedActiveMQ()
            .setConfiguration(BrokerConfiguration.of(options))
            .setSecurityManager(users);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try {
      server.createActiveMQServer();
      server.getActiveMQServer().registerActivationFailureListener(failure::set);
      server.start();
    } catch (Exception e) {
      failure.compareAndSet(null, e);
    }
    // start() reports some failures to the log only, and goes on.
    ActiveMQServer started = server.getActiveMQServer();
    boolean accepts =
        started != null
            && started.isStarted()
            && started.isActive()
            && started.getRemotingService().getAcceptor("core") != null
            && started.getRemotingService().getAcceptor("core").isStarted();
    Exception cause = failure.get();
    if (cause != null || !accepts) {
      throw new BrokerStartException(
          "cannot start on the data in " + options.data() + ": " + words(cause), cause);
    }
    return new Broker(server, lockFile);
  }

  /** Artemis would wait for its own lock for ever. */
  private static FileChannel lock(Path data) throws BrokerStartException {
    Path file = data.resolve("broker.lock");
    try {
      Files.createDirectories(data);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw inUse(data, null);
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      throw inUse(data, e);
    } catch (IOException e) {
      throw new BrokerStartException("cannot write to the data folder " + data + ": " + e, e);
    }
  }

  private static BrokerStartException inUse(Path data, @Nullable Throwable cause) {
    return new BrokerStartException(
        "the data in " + data + " is in use by another process; stop that one first", cause);
  }

  private static void checkPort(BrokerOptions options) throws BrokerStartException {
    String where = options.host() + ":" + options.port();
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(options.host()), options.port()));
    } catch (UnknownHostException e) {
      throw new BrokerStartException("cannot listen on " + where + ": no such host", e);
    } catch (IOException e) {
      throw new BrokerStartException(
          "cannot listen on " + where + ": " + e.getMessage() + "; choose another port", e);
    }
  }

  private static String words(@Nullable Exception cause) {
    if (cause == null) {
      return "it did not become active; see the log above";
    }
    String message = cause.getMessage();
    return (message == null ? cause.toString() : message).lines().findFirst().orElse("");
  }

  /** Stops in order. Returns false if that failed. */
  boolean stop() {
    try {
      server.stop();
      lockFile.close();
      return true;
    } catch (Exception e) {
      LOG.error("the broker did not stop in order: {}", e.toString());
      return false;
    }
  }
}
