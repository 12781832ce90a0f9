package io.trunkline.gateway.extension;

import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.gateway.uplink.UplinkService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extensions of a node, in their order: what the program itself adds, those on the class path,
 * those of the folder by the names of their jars. Loaded while the node starts.
 */
public final class Extensions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Extensions.class);
  private static final String CLASS_PATH = "class path";

  private final List<GatewayExtension> opened = new ArrayList<>();
  private final List<UplinkService> services = new ArrayList<>();
  private final List<SessionListener> listeners = new ArrayList<>();
  private final List<UplinkInterceptor> interceptors = new ArrayList<>();
  private final Map<String, String> serviceOwners = new HashMap<>();
  private @Nullable ExtensionFolder folder;

  private Extensions() {}

  /**
   * Loads them all.
   *
   * @param given what the program that embeds the node adds
   * @param folder with jars
   * @throws ExtensionException in one line, if any of them cannot be used; all are closed then
   */
  public static Extensions load(GatewayExtension given, Optional<Path> folder)
      throws ExtensionException {
    return load(given, folder, GatewayExtension.class.getClassLoader());
  }

  /** With this as the gateway's own class path. */
  static Extensions load(GatewayExtension given, Optional<Path> folder, ClassLoader gateway)
      throws ExtensionException {
    var all = new Extensions();
    try {
      all.take("of the program: " + given.getClass().getName(), given);
      all.find(CLASS_PATH, gateway, type -> true);
      if (folder.isPresent()) {
        all.findIn(ExtensionFolder.open(folder.get(), gateway), folder.get());
      }
      return all;
    } catch (ExtensionException e) {
      all.close();
      throw e;
    }
  }

  private void findIn(ExtensionFolder open, Path path) throws ExtensionException {
    folder = open;
    int before = opened.size();
    for (Path jar : open.jars()) {
      try (var only = open.only(jar)) {
        find(jar.toString(), only, open::has);
      } catch (IOException e) {
        throw new ExtensionException(jar + " cannot be read: " + e, e);
      }
    }
    if (opened.size() == before) {
      log.warn("no extension in {}: none of its {} jars names one", path, open.jars().size());
    }
  }

  private void find(String where, ClassLoader loader, Predicate<Class<?>> own)
      throws ExtensionException {
    Iterator<ServiceLoader.Provider<GatewayExtension>> found =
        ServiceLoader.load(GatewayExtension.class, loader).stream().iterator();
    while (guarded(where, found::hasNext)) {
      ServiceLoader.Provider<GatewayExtension> provider = guarded(where, found::next);
      Class<?> type = provider.type();
      if (!own.test(type)) {
        throw new ExtensionException(
            where + ": " + type.getName() + " is on the gateway's own class path, too");
      }
      String name = where + ": " + type.getName();
      GatewayExtension extension = guarded(name, provider);
      take(name, extension);
      log.info("extension {} is in use", name);
    }
  }

  private void take(String name, GatewayExtension extension) throws ExtensionException {
    opened.add(extension);
    for (UplinkService service : guarded(name, () -> List.copyOf(extension.services()))) {
      String other = serviceOwners.put(service.name(), name);
      if (other != null) {
        throw new ExtensionException(
            name + ": service '" + service.name() + "' is there already, from " + other);
      }
      services.add(service);
    }
    listeners.addAll(guarded(name, () -> List.copyOf(extension.sessionListeners())));
    interceptors.addAll(guarded(name, () -> List.copyOf(extension.interceptors())));
  }

  /** Runs what belongs to an extension; whatever is wrong with it is one line. */
  private static <T> T guarded(String name, Supplier<T> part) throws ExtensionException {
    try {
      return part.get();
    } catch (Throwable e) {
      // Errors are what a jar that was built against something else throws.
      throw new ExtensionException("extension " + name + ": " + why(e), e);
    }
  }

  private static String why(Throwable e) {
    Throwable cause = e.getCause();
    if (cause != null
        && (e instanceof ServiceConfigurationError || e instanceof ExceptionInInitializerError)) {
      return why(cause);
    }
    String text = e instanceof ServiceConfigurationError ? String.valueOf(e.getMessage()) : e + "";
    return text.replace(GatewayExtension.class.getName() + ": ", "").replaceAll("\\R\\s*", " ");
  }

  /** What clients can call. */
  public List<UplinkService> services() {
    return List.copyOf(services);
  }

  public List<SessionListener> sessionListeners() {
    return List.copyOf(listeners);
  }

  public List<UplinkInterceptor> interceptors() {
    return List.copyOf(interceptors);
  }

  /** Closes them, the last first. */
  @Override
  public void close() {
    for (GatewayExtension extension : opened.reversed()) {
      try {
        extension.close();
      } catch (Throwable e) {
        log.warn("extension {} failed while it was closed", extension.getClass().getName(), e);
      }
    }
    opened.clear();
    if (folder != null) {
      folder.close();
    }
  }
}
