package io.trunkline.gateway.extension;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars of a folder, by their names' order. They share one class loader, below the gateway's
 * own: what the gateway has is taken from there.
 */
final class ExtensionFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExtensionFolder.class);

  private final List<Path> jars;
  private final URLClassLoader classes;

  private ExtensionFolder(List<Path> jars, URLClassLoader classes) {
    this.jars = jars;
    this.classes = classes;
  }

  /**
   * Opens it.
   *
   * @throws ExtensionException if it is no folder, cannot be read, or has a jar that is none
   */
  static ExtensionFolder open(Path folder, ClassLoader gateway) throws ExtensionException {
    if (!Files.isDirectory(folder)) {
      throw new ExtensionException(
          "node.extensions: " + folder + " is not there, or is not a folder");
    }
    try {
      List<Path> jars;
      try (var files = Files.list(folder)) {
        jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      }
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars) {
        check(jar);
        urls.add(url(jar));
      }
      return new ExtensionFolder(
          jars, new URLClassLoader("extensions", urls.toArray(URL[]::new), gateway));
    } catch (IOException e) {
      throw new ExtensionException("node.extensions: " + folder + " cannot be read: " + e, e);
    }
  }

  /** A class loader would pass over it in silence. */
  private static void check(Path jar) throws ExtensionException {
    try (var _ = new JarFile(jar.toFile())) {
      log.debug("extensions: {}", jar);
    } catch (IOException e) {
      throw new ExtensionException(jar + " cannot be read as a jar: " + e.getMessage(), e);
    }
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }

  List<Path> jars() {
    return jars;
  }

  /** Whether a class comes from here. */
  boolean has(Class<?> type) {
    return classes.equals(type.getClassLoader());
  }

  /** Knows the classes of all jars, but finds resources in this one alone. */
  URLClassLoader only(Path jar) throws MalformedURLException {
    return new URLClassLoader(new URL[] {url(jar)}, classes) {
      @Override
      public Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name);
      }
    };
  }

  @Override
  public void close() {
    try {
      classes.close();
    } catch (IOException e) {
      log.warn("extensions: {}", e.toString());
    }
  }
}
