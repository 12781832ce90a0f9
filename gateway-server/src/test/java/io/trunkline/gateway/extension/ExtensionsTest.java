package io.trunkline.gateway.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.gateway.uplink.UplinkService;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extensions are compiled here, as their authors would, and found in a folder. */
class ExtensionsTest {
  /** Where extensions say that they were closed. */
  private static final String CLOSED = "trunkline.test.closed";

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path temporary;

  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private JarMaker maker;

  @BeforeEach
  void makeFolders() throws IOException {
    folder = Files.createDirectory(temporary.resolve("extensions"));
    maker = new JarMaker(Files.createDirectory(temporary.resolve("work")));
    System.setProperty(CLOSED, "");
  }

  private Extensions load() throws ExtensionException {
    return Extensions.load(Additions.NONE, Optional.of(folder));
  }

  /** An extension with a service of that name, which says when it is closed. */
  private static String serving(String className, String service) {
    return """
    import io.trunkline.gateway.uplink.UplinkService;
    import java.util.List;
    import java.util.Map;

    public class %s implements io.trunkline.gateway.extension.GatewayExtension {
      @Override public List<UplinkService> services() {
        return List.of(new UplinkService("%s", false, Map.of()));
      }

      @Override public void close() {
        System.setProperty("%s", System.getProperty("%s") + "%s ");
      }
    }
    """
        .formatted(className, service, CLOSED, CLOSED, className);
  }

  private Path serving(String jar, String className, String service) throws IOException {
    return maker.jar(
        folder.resolve(jar), className, serving(className, service), "ext." + className);
  }

  private static void refused(ThrowingCallable start, String... words) {
    assertThatThrownBy(start)
        .isInstanceOf(ExtensionException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words).doesNotContain("\n"));
  }

  @Test
  void noFolder_noExtensions() throws Exception {
    try (Extensions none = Extensions.load(Additions.NONE, Optional.empty())) {
      assertThat(none.services()).isEmpty();
      assertThat(none.sessionListeners()).isEmpty();
      assertThat(none.interceptors()).isEmpty();
    }
  }

  @Test
  void jarsAreTakenByTheirNames_afterWhatTheProgramAdds_andClosedInTheOppositeOrder()
      throws Exception {
    serving("b.jar", "Second", "two");
    serving("a.jar", "First", "one");
    Files.writeString(folder.resolve("README"), "not a jar, and not looked at");
    var service = new UplinkService("zero", false, java.util.Map.of());
    var interceptor = new UplinkInterceptor() {};

    try (Extensions found =
        Extensions.load(
            new Additions(List.of(service), List.of(), List.of(interceptor)),
            Optional.of(folder))) {
      assertThat(found.services())
          .extracting(UplinkService::name)
          .containsExactly("zero", "one", "two");
      assertThat(found.interceptors()).containsExactly(interceptor);
    }
    assertThat(System.getProperty(CLOSED)).isEqualTo("Second First ");
  }

  @Test
  void extensionOnTheClassPath_isFoundBeforeThoseOfTheFolder() throws Exception {
    serving("a.jar", "First", "one");
    Path onClassPath =
        maker.jar(temporary.resolve("own.jar"), "Own", serving("Own", "own"), "ext.Own");
    try (var gateway =
            new URLClassLoader(
                new URL[] {onClassPath.toUri().toURL()}, getClass().getClassLoader());
        Extensions found = Extensions.load(Additions.NONE, Optional.of(folder), gateway)) {
      assertThat(found.services()).extracting(UplinkService::name).containsExactly("own", "one");
    }
  }

  @Test
  void extensionOnTheClassPathAndInTheFolder_isRefused() throws Exception {
    Path jar = serving("a.jar", "First", "one");
    try (var gateway =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
      refused(
          () -> Extensions.load(Additions.NONE, Optional.of(folder), gateway),
          jar.toString(),
          "ext.First",
          "class path");
    }
  }

  @Test
  void libraryBesideTheExtension_isFoundByIt() throws Exception {
    maker.jar(
        folder.resolve("z-library.jar"),
        "Library",
        "public class Library { public static final String NAME = \"x\".repeat(3); }",
        "");
    maker.jar(
        folder.resolve("a.jar"),
        "Uses",
        serving("Uses", "uses").replace("\"uses\"", "Library.NAME"),
        "ext.Uses");
    try (Extensions found = load()) {
      assertThat(found.services()).extracting(UplinkService::name).containsExactly("xxx");
    }
  }

  @Test
  void libraryThatIsMissing_isNamed_withJarAndClass() throws Exception {
    maker.jar(
        temporary.resolve("elsewhere.jar"),
        "Library",
        "public class Library { public static final String NAME = \"x\".repeat(3); }",
        "");
    Path jar =
        maker.jar(
            folder.resolve("a.jar"),
            "Uses",
            serving("Uses", "uses").replace("\"uses\"", "Library.NAME"),
            "ext.Uses");
    refused(this::load, jar.toString(), "ext.Uses", "NoClassDefFoundError", "ext/Library");
  }

  @Test
  void folderThatIsNotThere_isNamedWithItsSetting() {
    Path missing = temporary.resolve("nowhere");
    refused(
        () -> Extensions.load(Additions.NONE, Optional.of(missing)),
        "node.extensions",
        missing.toString());
  }

  @Test
  void fileThatIsNoJar_isNamed() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.jar"), "half a download");
    refused(this::load, broken.toString(), "jar");
  }

  @Test
  void classThatIsNotThere_isNamed() throws Exception {
    Path jar = maker.empty(folder.resolve("a.jar"), "ext.Missing");
    refused(this::load, jar.toString(), "ext.Missing", "not found");
  }

  @Test
  void classThatIsNoExtension_isNamed() throws Exception {
    Path jar = maker.jar(folder.resolve("a.jar"), "Plain", "public class Plain {}", "ext.Plain");
    refused(this::load, jar.toString(), "ext.Plain", "not a subtype");
  }

  @Test
  void constructorThatThrows_isNamedWithItsReason_onOneLine_andWhatWasLoadedIsClosed()
      throws Exception {
    serving("a.jar", "First", "one");
    Path jar =
        maker.jar(
            folder.resolve("b.jar"),
            "Fails",
            """
            public class Fails implements io.trunkline.gateway.extension.GatewayExtension {
              public Fails() { throw new IllegalStateException("no\\n licence"); }
            }
            """,
            "ext.Fails");
    refused(this::load, jar.toString(), "ext.Fails", "no licence");
    assertThat(System.getProperty(CLOSED)).isEqualTo("First ");
  }

  @Test
  void initializerThatThrows_isNamedWithItsReason() throws Exception {
    Path jar =
        maker.jar(
            folder.resolve("a.jar"),
            "Fails",
            """
            public class Fails implements io.trunkline.gateway.extension.GatewayExtension {
              static final int LIMIT = Integer.parseInt("many");
            }
            """,
            "ext.Fails");
    refused(this::load, jar.toString(), "ext.Fails", "NumberFormatException", "many");
  }

  @Test
  void twoServicesOfOneName_areRefused_andBothJarsNamed() throws Exception {
    Path first = serving("a.jar", "First", "one");
    Path second = serving("b.jar", "Second", "one");
    refused(this::load, first.toString(), second.toString(), "'one'");
    assertThat(System.getProperty(CLOSED)).isEqualTo("Second First ");
  }
}
