package io.trunkline.systemtest.installation;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Somebody else's program: one class with the Artemis client on its class path and nothing else.
 */
public final class JmsProgram {
  private static final Pattern ARTEMIS_CLIENT =
      Pattern.compile(
          "(artemis-|netty-|jakarta\\.jms|jgroups|commons-|pem-keystore|asn-one|slf4j-api).*");

  private JmsProgram() {}

  /**
   * Starts it.
   *
   * @param name of its output files in the installation's folder
   * @param program without other classes of its own
   */
  public static Program start(
      Installation installation, String name, Class<?> program, List<String> arguments)
      throws IOException {
    Path classes = installation.folder().resolve(name + "-classes");
    Path alone = classes.resolve(program.getName().replace('.', '/') + ".class");
    Files.createDirectories(alone.getParent());
    try (var compiled = program.getResourceAsStream(program.getSimpleName() + ".class")) {
      if (compiled == null) {
        throw new UncheckedIOException(new IOException("no class file of " + program));
      }
      Files.copy(compiled, alone, StandardCopyOption.REPLACE_EXISTING);
    }
    String classPath =
        Stream.concat(
                Stream.of(classes), Distribution.jars("server").stream().filter(JmsProgram::isJms))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        new ArrayList<>(
            List.of(
                Distribution.javaProgram("java"),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx64m",
                "-cp",
                classPath,
                program.getName()));
    command.addAll(arguments);
    return Program.start(installation.folder(), name, command);
  }

  private static boolean isJms(Path jar) {
    return ARTEMIS_CLIENT.matcher(jar.getFileName().toString()).matches();
  }
}
