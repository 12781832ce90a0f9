package io.trunkline.invocation.payload;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values that are a string in JSON.
 *
 * @param wanted what the string is, in words
 */
record TextAdapter(
    Function<Object, String> print, Function<String, @Nullable Object> parse, String wanted) {

  private static final Map<Class<?>, TextAdapter> KNOWN = new HashMap<>();

  static {
    add(Instant.class, Instant::parse, "a time like 2026-01-31T12:00:00Z");
    add(LocalDate.class, LocalDate::parse, "a date like 2026-01-31");
    add(LocalTime.class, LocalTime::parse, "a time of day like 12:00:00");
    add(LocalDateTime.class, LocalDateTime::parse, "a time like 2026-01-31T12:00:00");
    add(OffsetDateTime.class, OffsetDateTime::parse, "a time like 2026-01-31T12:00:00+01:00");
    add(ZonedDateTime.class, ZonedDateTime::parse, "a time with its zone, in ISO 8601");
    add(OffsetTime.class, OffsetTime::parse, "a time of day like 12:00:00+01:00");
    add(Duration.class, Duration::parse, "a duration like PT1M30S");
    add(Period.class, Period::parse, "a period like P1M");
    add(Year.class, Year::parse, "a year like 2026");
    add(YearMonth.class, YearMonth::parse, "a month like 2026-01");
    add(MonthDay.class, MonthDay::parse, "a day like --01-31");
    add(ZoneId.class, ZoneId::of, "a time zone like Europe/Berlin");
    add(ZoneOffset.class, ZoneOffset::of, "an offset like +01:00");
    add(UUID.class, UUID::fromString, "a UUID");
    add(URI.class, URI::create, "a URI");
    KNOWN.put(
        byte[].class,
        new TextAdapter(
            bytes -> Base64.getEncoder().encodeToString((byte[]) bytes),
            Base64.getDecoder()::decode,
            "bytes in base64"));
  }

  private static void add(Class<?> type, Function<String, @Nullable Object> parse, String wanted) {
    KNOWN.put(type, new TextAdapter(Object::toString, parse, wanted));
  }

  static boolean takes(Class<?> type) {
    return type.isEnum() || KNOWN.containsKey(type);
  }

  /** Null: there is none. */
  static @Nullable TypeAdapter<@Nullable Object> of(Class<?> type) {
    TextAdapter known = type.isEnum() ? ofEnum(type) : KNOWN.get(type);
    return known == null ? null : known.adapter();
  }

  private static TextAdapter ofEnum(Class<?> type) {
    Map<String, Object> constants = new HashMap<>();
    for (Object constant : type.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
    String names =
        String.join(", ", constants.keySet().stream().sorted().limit(20).toList())
            + (constants.size() > 20 ? "..." : "");
    return new TextAdapter(
        constant -> ((Enum<?>) constant).name(), constants::get, "one of " + names);
  }

  private TypeAdapter<@Nullable Object> adapter() {
    return new TypeAdapter<>() {
      @Override
      public void write(JsonWriter out, @Nullable Object value) throws IOException {
        out.value(value == null ? null : print.apply(value));
      }

      @Override
      public @Nullable Object read(JsonReader in) throws IOException {
        JsonToken next = in.peek();
        if (next == JsonToken.NULL) {
          in.nextNull();
          return null;
        }
        if (next != JsonToken.STRING) {
          throw Unreadable.next(in, "must be " + wanted);
        }
        String text = in.nextString();
        Object value;
        try {
          value = parse.apply(text);
        } catch (RuntimeException e) {
          value = null;
        }
        if (value == null) {
          throw Unreadable.last(in, "must be " + wanted);
        }
        return value;
      }
    };
  }
}
