package io.trunkline.invocation.payload;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.protobuf.ByteString;
import io.trunkline.invocation.payload.Fields.Field;
import io.trunkline.invocation.payload.MethodShape.Argument;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code application/json}. No arguments: an empty payload. One argument whose JSON is an object (a
 * record, class, map or protobuf message): the payload is it. Others: an object by the arguments'
 * names; an array in their order is read, too.
 */
public final class JsonCodec implements PayloadCodec {
  public static final String CONTENT_TYPE = "application/json";

  /** Deeper nesting is refused: reading recurses. */
  private static final int MAX_DEPTH = 100;

  private final Gson gson = JsonAdapters.gson();

  @Override
  public String contentType() {
    return CONTENT_TYPE;
  }

  @Override
  public Optional<MethodCodec> prepare(MethodShape method) {
    List<Argument> arguments = method.arguments();
    boolean whole = arguments.size() == 1 && JsonTypes.isObject(arguments.get(0).type());
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      if (argument.name().isEmpty() && !whole) {
        throw new IllegalArgumentException(
            "argument "
                + (i + 1)
                + " has no name: annotate it with @Param, or compile with"
                + " -parameters");
      }
      JsonTypes.check(argument.type(), "argument " + (i + 1));
      fields.add(
          Field.of(
              argument.name(),
              TypeVariables.erase(argument.type()),
              StructAdapter.adapter(gson, argument.type())));
    }
    TypeAdapter<@Nullable Object> result = null;
    if (method.hasResult()) {
      JsonTypes.check(method.result(), "the result");
      result = StructAdapter.adapter(gson, method.result());
    }
    boolean primitive = TypeVariables.erase(method.result()).isPrimitive();
    return Optional.of(new Json(gson, new Fields(fields), whole, result, primitive));
  }

  /** Something that is read from a payload. */
  private interface Reading<T extends @Nullable Object> {
    T read(JsonReader in) throws IOException;
  }

  /** Something that is written to one. */
  private interface Writing {
    void write(JsonWriter out) throws IOException;
  }

  /**
   * Of one method.
   *
   * @param whole the payload is the one argument
   */
  private record Json(
      Gson gson,
      Fields arguments,
      boolean whole,
      @Nullable TypeAdapter<@Nullable Object> result,
      boolean primitiveResult)
      implements MethodCodec {

    @Override
    public ByteString writeArguments(@Nullable Object[] values) {
      if (values.length == 0) {
        return ByteString.EMPTY;
      }
      return write(
          out -> {
            if (whole) {
              arguments.only().adapter().write(out, values[0]);
            } else {
              arguments.write(out, values);
            }
          });
    }

    @Override
    public @Nullable Object[] readArguments(ByteString payload) throws PayloadException {
      if (arguments.size() == 0) {
        return new @Nullable Object[0]; // whatever it is, there is nothing to get wrong
      }
      return read(
          payload.isEmpty() ? "{}" : text(payload),
          in -> {
            JsonToken next = in.peek();
            if (next == JsonToken.BEGIN_ARRAY) {
              return arguments.readInOrder(in);
            }
            if (whole) {
              return new @Nullable Object[] {arguments.only().adapter().read(in)};
            }
            if (next != JsonToken.BEGIN_OBJECT) {
              throw Unreadable.next(
                  in,
                  "must be an object with the arguments " + arguments.names() + ", or an array");
            }
            return arguments.read(in);
          });
    }

    @Override
    public Fit fit(ByteString payload) {
      if (payload.isEmpty()) {
        return arguments.size() == 0 ? Fit.EXACT : Fit.NO;
      }
      JsonElement json;
      try {
        json = read(text(payload), gson.getAdapter(JsonElement.class)::read);
      } catch (PayloadException e) {
        return Fit.NO;
      }
      if (json.isJsonArray()) {
        return json.getAsJsonArray().size() == arguments.size() ? Fit.EXACT : Fit.NO;
      }
      if (!(json instanceof JsonObject object)) {
        return Fit.NO;
      }
      if (whole) {
        return Fit.POSSIBLE;
      }
      return object.keySet().equals(arguments.names()) ? Fit.EXACT : Fit.NO;
    }

    @Override
    public ByteString writeResult(@Nullable Object value) {
      return result == null ? ByteString.EMPTY : write(out -> result.write(out, value));
    }

    @Override
    public @Nullable Object readResult(ByteString payload) throws PayloadException {
      if (result == null) {
        return null;
      }
      Object value = payload.isEmpty() ? null : read(text(payload), result::read);
      if (value == null && primitiveResult) {
        throw new PayloadException("the payload is null, or empty");
      }
      return value;
    }

    private ByteString write(Writing writing) {
      StringWriter text = new StringWriter();
      try {
        writing.write(gson.newJsonWriter(text));
      } catch (IOException | JsonParseException e) {
        throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
      } catch (StackOverflowError e) {
        throw new IllegalArgumentException(
            "cannot be written as JSON: nested too deep, or it holds itself", e);
      }
      return ByteString.copyFromUtf8(text.toString());
    }

    private static String text(ByteString payload) throws PayloadException {
      if (!payload.isValidUtf8()) {
        throw new PayloadException("the payload is not UTF-8");
      }
      return payload.toStringUtf8();
    }

    private static <T extends @Nullable Object> T read(String json, Reading<T> reading)
        throws PayloadException {
      JsonReader in = new JsonReader(new StringReader(json));
      in.setStrictness(Strictness.STRICT);
      in.setNestingLimit(MAX_DEPTH);
      try {
        T value = reading.read(in);
        if (in.peek() != JsonToken.END_DOCUMENT) {
          throw new PayloadException("more than one JSON value");
        }
        return value;
      } catch (Unreadable e) {
        throw new PayloadException(String.valueOf(e.getMessage()));
      } catch (ConstructorFailed e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        // Gson's words are for its own users.
        throw new PayloadException(
            "the payload is no JSON that goes here, near " + near(in.getPath()));
      }
    }

    private static String near(String path) {
      return path.equals("$") ? "its start" : Unreadable.place(path);
    }
  }
}
