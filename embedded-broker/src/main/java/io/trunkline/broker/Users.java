package io.trunkline.broker;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager4;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in, from a file {@code user=password}. Each user has the one role of the same name.
 * Nobody comes in without a name.
 */
final class Users implements ActiveMQSecurityManager4 {
  static final String GATEWAY = "gateway";
  static final String CONSOLE = "console";
  static final String PUBLISHER = "publisher";

  /** Programs that answer calls from their queues. */
  static final String BACK_END = "backend";

  private static final List<String> KNOWN = List.of(GATEWAY, CONSOLE, PUBLISHER, BACK_END);

  private final Map<String, byte[]> passwords;

  private Users(Map<String, byte[]> passwords) {
    this.passwords = passwords;
  }

  static Users read(Path file) throws BrokerStartException {
    Properties properties = new Properties();
    try {
      refuseReadableByOthers(file);
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new BrokerStartException("cannot read the users in " + file + ": " + e, e);
    }
    Map<String, byte[]> passwords = new HashMap<>();
    for (String user : properties.stringPropertyNames()) {
      if (!KNOWN.contains(user)) {
        throw new BrokerStartException(
            "unknown user '" + user + "' in " + file + "; there are " + KNOWN);
      }
      String password = properties.getProperty(user, "");
      if (password.isEmpty()) {
        throw new BrokerStartException("user '" + user + "' in " + file + " has no password");
      }
      passwords.put(user, password.getBytes(StandardCharsets.UTF_8));
    }
    if (!passwords.containsKey(GATEWAY)) {
      throw new BrokerStartException("user '" + GATEWAY + "' is missing in " + file);
    }
    return new Users(passwords);
  }

  private static void refuseReadableByOthers(Path file) throws IOException, BrokerStartException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.GROUP_READ)
        || permissions.contains(PosixFilePermission.OTHERS_READ)) {
      throw new BrokerStartException(
          file + " holds passwords and can be read by others; make it readable by its owner only");
    }
  }

  @Override
  public @Nullable String validateUser(
      @Nullable String user,
      @Nullable String password,
      RemotingConnection connection,
      @Nullable String domain) {
    return validateUser(user, password) ? user : null;
  }

  @Override
  public @Nullable String validateUserAndRole(
      @Nullable String user,
      @Nullable String password,
      Set<Role> roles,
      CheckType checkType,
      String address,
      RemotingConnection connection,
      @Nullable String domain) {
    return validateUserAndRole(user, password, roles, checkType) ? user : null;
  }

  @Override
  public boolean validateUser(@Nullable String user, @Nullable String password) {
    if (user == null || password == null) {
      return false;
    }
    byte[] expected = passwords.get(user);
    return expected != null
        && MessageDigest.isEqual(expected, password.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean validateUserAndRole(
      @Nullable String user, @Nullable String password, Set<Role> roles, CheckType checkType) {
    return validateUser(user, password)
        && roles.stream().anyMatch(role -> role.getName().equals(user) && checkType.hasRole(role));
  }
}
