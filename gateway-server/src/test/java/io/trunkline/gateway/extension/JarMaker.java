package io.trunkline.gateway.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;

/** Compiles a source text and puts it into a jar, as the author of an extension does. */
final class JarMaker {
  static final String SERVICES = "META-INF/services/" + GatewayExtension.class.getName();

  private final Path work;

  /**
   * Makes one.
   *
   * @param work folder for sources and classes; what was compiled before can be used by the next
   */
  JarMaker(Path work) {
    this.work = work;
  }

  /**
   * Makes a jar with one class of package {@code ext}.
   *
   * @param provider named as an extension; empty: the jar names none
   */
  Path jar(Path jar, String className, String body, String provider) throws IOException {
    Path source = Files.writeString(work.resolve(className + ".java"), "package ext;\n" + body);
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                work.toString(),
                "-cp",
                System.getProperty("java.class.path") + ":" + work,
                source.toString());
    assertThat(exit).isZero();
    return jar(jar, List.of("ext/" + className + ".class"), provider);
  }

  private Path jar(Path jar, List<String> entries, String provider) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String entry : new ArrayList<>(entries)) {
        out.putNextEntry(new JarEntry(entry));
        out.write(Files.readAllBytes(work.resolve(entry)));
      }
      if (!provider.isEmpty()) {
        out.putNextEntry(new JarEntry(SERVICES));
        out.write((provider + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  /** A jar that names an extension and has no class. */
  Path empty(Path jar, String provider) throws IOException {
    return jar(jar, List.of(), provider);
  }
}
