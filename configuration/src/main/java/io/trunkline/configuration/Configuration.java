package io.trunkline.configuration;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings as they were given, each with the place it came from: a properties file, then
 * environment variables ({@code TRUNKLINE_DB_URL} for {@code db.url}), then {@code --set
 * key=value}; a later one wins. {@link #bind} turns them into records and refuses what no record
 * knows. Not thread-safe; used while a program starts.
 */
public final class Configuration {
  private static final String ENVIRONMENT_PREFIX = "TRUNKLINE_";

  private record Given(String text, String origin) {}

  private final Map<String, Given> given = new TreeMap<>();
  private Map<String, String> environment = Map.of();

  /**
   * Adds the settings of a file in {@code java.util.Properties} format, UTF-8.
   *
   * @throws ConfigurationException if it cannot be read
   */
  public Configuration file(Path file) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException("configuration file " + file + " cannot be read: " + e);
    }
    properties.forEach((key, text) -> set((String) key, (String) text, file.toString()));
    return this;
  }

  /** Lets environment variables set what {@link #bind} asks for. */
  public Configuration environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /**
   * Adds {@code key=value} settings of a command line.
   *
   * @throws ConfigurationException if one has no {@code =}
   */
  public Configuration arguments(List<String> keyValues) {
    for (String keyValue : keyValues) {
      int at = keyValue.indexOf('=');
      if (at < 1) {
        throw new ConfigurationException("--set wants key=value, not '" + keyValue + "'");
      }
      set(keyValue.substring(0, at).strip(), keyValue.substring(at + 1), "--set");
    }
    return this;
  }

  /** Adds one setting; {@code origin} says where it came from, for messages. */
  public Configuration set(String key, String text, String origin) {
    given.put(key, new Given(text, origin));
    return this;
  }

  /** Adds a setting that anything given before or after with the same key overrides. */
  public Configuration setIfAbsent(String key, String text, String origin) {
    given.putIfAbsent(key, new Given(text, origin));
    return this;
  }

  /**
   * Takes out what was given below a prefix, for another program that knows those keys.
   *
   * @param prefix with its dot, as {@code console.}
   */
  public Map<String, String> extract(String prefix) {
    Map<String, String> taken = new TreeMap<>();
    given.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .forEach(entry -> taken.put(entry.getKey(), entry.getValue().text()));
    given.keySet().removeAll(taken.keySet());
    return taken;
  }

  /**
   * Takes out what was given below a prefix, to be bound by itself: for a section that is needed
   * only sometimes, and must not be asked for otherwise.
   *
   * @param prefix with its dot, as {@code api.}
   */
  public Configuration part(String prefix) {
    var part = new Configuration().environment(environment);
    given.forEach(
        (key, text) -> {
          if (key.startsWith(prefix)) {
            part.given.put(key, text);
          }
        });
    given.keySet().removeAll(part.given.keySet());
    return part;
  }

  /** Whether the key was given, by whatever way. */
  public boolean isGiven(String key) {
    return given.containsKey(key) || environment.containsKey(variable(key));
  }

  /**
   * Makes the record: each of its components is a section, itself a record whose components carry
   * {@link Setting}.
   *
   * @throws ConfigurationException for a key that no section has, a value that does not parse or is
   *     out of range, and a value that must be given and is not
   */
  public <R extends Record> R bind(Class<R> root) {
    List<Key> keys = keys(root);
    refuseUnknown(keys.stream().map(Key::name).toList());
    Object[] sections =
        Arrays.stream(root.getRecordComponents())
            .map(section -> construct(section.getType(), kebab(section.getName())))
            .toArray();
    return root.cast(newRecord(root, sections, "configuration"));
  }

  /** All keys of a root record in their order, for documentation and tests. */
  public static List<Key> keys(Class<? extends Record> root) {
    List<Key> keys = new ArrayList<>();
    for (RecordComponent section : root.getRecordComponents()) {
      for (RecordComponent component : section.getType().getRecordComponents()) {
        Setting setting = setting(component);
        keys.add(
            new Key(
                kebab(section.getName()) + "." + kebab(component.getName()),
                component.getGenericType().getTypeName(),
                setting.value(),
                setting.min(),
                setting.max(),
                setting.secret(),
                setting.doc()));
      }
    }
    return keys;
  }

  /** One key as it is documented. */
  public record Key(
      String name,
      String type,
      String defaultText,
      String min,
      String max,
      boolean secret,
      String doc) {}

  private Object construct(Class<?> section, String prefix) {
    Object[] values =
        Arrays.stream(section.getRecordComponents())
            .map(component -> value(component, prefix + "." + kebab(component.getName())))
            .toArray();
    return newRecord(section, values, prefix);
  }

  private Object value(RecordComponent component, String key) {
    Setting setting = setting(component);
    Given text = given(key);
    if (text == null) {
      text = new Given(setting.value(), "default");
    }
    boolean optional = component.getType() == Optional.class;
    boolean list = component.getType() == List.class;
    String stripped = text.text().strip();
    if (stripped.isEmpty()) {
      if (optional) {
        return Optional.empty();
      }
      if (list) {
        return List.of();
      }
      throw new ConfigurationException("setting '" + key + "' must be given: " + setting.doc());
    }
    Class<?> type = optional || list ? elementType(component) : component.getType();
    if (list) {
      return Arrays.stream(stripped.split("\\s*,\\s*", -1))
          .map(element -> parse(setting, type, key, new Given(element, text(key))))
          .toList();
    }
    Object value = parse(setting, type, key, new Given(stripped, text.origin()));
    return optional ? Optional.of(value) : value;
  }

  private String text(String key) {
    Given text = given(key);
    return text == null ? "default" : text.origin();
  }

  private @Nullable Given given(String key) {
    Given text = given.get(key);
    if (text != null && text.origin().equals("--set")) {
      return text;
    }
    String variable = variable(key);
    String fromEnvironment = environment.get(variable);
    return fromEnvironment == null
        ? text
        : new Given(fromEnvironment, "environment variable " + variable);
  }

  private static Object parse(Setting setting, Class<?> type, String key, Given given) {
    Object value;
    try {
      value = SettingType.parse(type, given.text());
    } catch (IllegalArgumentException e) {
      throw wrong(setting, key, given, String.valueOf(e.getMessage()));
    }
    if (!setting.min().isEmpty() && SettingType.compareToBound(value, setting.min()) < 0) {
      throw wrong(setting, key, given, "the least is " + setting.min());
    }
    if (!setting.max().isEmpty() && SettingType.compareToBound(value, setting.max()) > 0) {
      throw wrong(setting, key, given, "the most is " + setting.max());
    }
    return value;
  }

  private static ConfigurationException wrong(
      Setting setting, String key, Given given, String why) {
    String shown = setting.secret() ? "(secret)" : "'" + given.text() + "'";
    return new ConfigurationException(
        "setting '" + key + "' = " + shown + " (" + given.origin() + "): " + why);
  }

  private void refuseUnknown(List<String> known) {
    for (Map.Entry<String, Given> entry : given.entrySet()) {
      String key = entry.getKey();
      if (!known.contains(key)) {
        throw new ConfigurationException(
            "unknown setting '"
                + key
                + "' ("
                + entry.getValue().origin()
                + "); "
                + Suggestion.closest(key, known)
                    .map(closest -> "did you mean '" + closest + "'?")
                    .orElse("see ./trunkline run --help-settings for all"));
      }
    }
  }

  private static Object newRecord(Class<?> type, Object[] values, String name) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (java.lang.reflect.InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new ConfigurationException(name + ": " + wrong.getMessage());
      }
      throw new IllegalStateException(type + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is not a configuration record", e);
    }
  }

  private static Setting setting(RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalStateException(component + " carries no @Setting");
    }
    return setting;
  }

  private static Class<?> elementType(RecordComponent component) {
    return (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
  }

  private static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  static String kebab(String camel) {
    return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** The settings as {@code key = value} lines, secrets hidden, for a log at start. */
  public Map<String, String> shown(Class<? extends Record> root) {
    Map<String, String> shown = new LinkedHashMap<>();
    for (Key key : keys(root)) {
      Given text = given(key.name());
      if (text != null) {
        shown.put(key.name(), key.secret() ? "(secret)" : text.text());
      }
    }
    return shown;
  }
}
