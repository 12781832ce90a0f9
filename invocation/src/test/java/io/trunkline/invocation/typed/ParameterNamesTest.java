package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.invocation.payload.MethodShape.Argument;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of arguments that the compiler has kept. */
class ParameterNamesTest {

  @Test
  void names_areThoseOfTheSource_whenCompiledWithParameters(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("Orders.java");
    Files.writeString(source, "public interface Orders { String get(long id, String lang); }");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-parameters", "-d", folder.toString(), source.toString());
    assertThat(code).isZero();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      ServiceContract contract = ServiceContract.of(loader.loadClass("Orders"));
      assertThat(contract.methods().get(0).shape().arguments())
          .extracting(Argument::name)
          .containsExactly("id", "lang");
    }
  }
}
