package io.trunkline.systemtest;

import com.example.erp.ErpPublisher;
import io.trunkline.systemtest.installation.Distribution;
import io.trunkline.systemtest.installation.Installation;
import io.trunkline.systemtest.installation.Program;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs {@link ErpPublisher} with the Artemis client on its class path and nothing else. */
final class Erp {
  private static final Pattern ARTEMIS_CLIENT =
      Pattern.compile(
          "(artemis-|netty-|jakarta\\.jms|jgroups|commons-|pem-keystore|asn-one|slf4j-api).*");

  private Erp() {}

  static Program publish(Installation installation, String user) throws IOException {
    Path classes = installation.folder().resolve("erp-classes");
    String name = ErpPublisher.class.getName().replace('.', '/') + ".class";
    Path alone = classes.resolve(name);
    Files.createDirectories(alone.getParent());
    try (var compiled = ErpPublisher.class.getResourceAsStream("ErpPublisher.class")) {
      Files.copy(compiled, alone, StandardCopyOption.REPLACE_EXISTING);
    }
    String classPath =
        Stream.concat(Stream.of(classes), Distribution.jars("server").stream().filter(Erp::isJms))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return Program.start(
        installation.folder(),
        "erp",
        List.of(
            Distribution.javaProgram("java"),
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            ErpPublisher.class.getName(),
            installation.jmsUrl(),
            "publisher",
            installation.secret("jms-publisher"),
            user));
  }

  private static boolean isJms(Path jar) {
    return ARTEMIS_CLIENT.matcher(jar.getFileName().toString()).matches();
  }
}
