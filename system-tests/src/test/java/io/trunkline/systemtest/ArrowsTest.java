package io.trunkline.systemtest;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.trunkline.systemtest.installation.Distribution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may know what: of the modules, and of the packages in the gateway. */
class ArrowsTest {
  private static final String ROOT = "io.trunkline.";

  private static JavaClasses all;

  @BeforeAll
  static void readAll() throws IOException {
    Map<Path, JarFile> ours = new TreeMap<>();
    for (String part : List.of("server", "client", "console", "broker")) {
      for (Path jar : Distribution.jars(part)) {
        JarFile open = new JarFile(jar.toFile());
        if (open.stream().anyMatch(entry -> entry.getName().startsWith("io/trunkline/"))) {
          ours.putIfAbsent(jar.getFileName(), open);
        }
      }
    }
    all = new ClassFileImporter().importJars(new ArrayList<>(ours.values()));
  }

  @ParameterizedTest
  @CsvSource({
    "protocol,      ''",
    "configuration, ''",
    "broker,        ''",
    "invocation,    protocol",
    "client,        protocol invocation",
    "persistence,   configuration",
    "jms,           configuration",
    "console,       configuration persistence jms",
    "gateway,       configuration persistence jms protocol invocation",
  })
  void module_knowsOnly(String module, String others) {
    knowsOnly(module, others);
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.transport, ''",
    "gateway.auth,      ''",
    "gateway.session,   gateway.transport gateway.auth",
    "gateway.cluster,   gateway.session gateway.transport",
    "gateway.uplink,    gateway.session gateway.transport",
    "gateway.extension, gateway.session gateway.uplink",
    "gateway.streams,   gateway.session gateway.transport gateway.auth",
    "gateway.downlink,  gateway.session gateway.transport gateway.streams",
  })
  void packageOfTheGateway_knowsOnly(String name, String others) {
    knowsOnly(name, others + " configuration persistence jms protocol invocation");
  }

  /** What an extension is written against; docs/EXTENDING.md names the same packages. */
  @Test
  void extension_needsOnly() throws IOException {
    JavaClasses example =
        new ClassFileImporter()
            .importJars(List.of(new JarFile(Distribution.jars("examples").getFirst().toFile())));
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(ROOT + ".")
                .or(
                    resideInAnyPackage(
                        ROOT + "gateway.extension",
                        ROOT + "gateway.session",
                        ROOT + "gateway.uplink",
                        ROOT + "invocation",
                        ROOT + "protocol.v1")))
        .check(example);
  }

  @Test
  void gateway_hasNoCycles() {
    slices().matching("io.trunkline.gateway.(*)..").should().beFreeOfCycles().check(all);
  }

  @Test
  void everyClass_isOfAModuleNamedHere() {
    assertThat(all.stream().map(found -> found.getPackageName().split("\\.", -1)[2]).distinct())
        .containsExactlyInAnyOrder(
            "protocol",
            "invocation",
            "configuration",
            "broker",
            "client",
            "persistence",
            "jms",
            "console",
            "gateway");
  }

  private static void knowsOnly(String name, String others) {
    List<String> known = new ArrayList<>(List.of(ROOT + name + ".."));
    for (String other : others.strip().split("\\s+", -1)) {
      if (!other.isEmpty()) {
        known.add(ROOT + other + "..");
      }
    }
    classes()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(ROOT + ".").or(resideInAnyPackage(known.toArray(String[]::new))))
        .check(all);
  }
}
