package io.trunkline.invocation.payload;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code application/x-protobuf}: for methods with one argument, a protobuf message, whose result
 * is another, or nothing. Nothing tells null from an empty message here, so null is refused.
 */
public final class ProtobufCodec implements PayloadCodec {
  public static final String CONTENT_TYPE = "application/x-protobuf";

  @Override
  public String contentType() {
    return CONTENT_TYPE;
  }

  @Override
  public Optional<MethodCodec> prepare(MethodShape method) {
    if (method.arguments().size() != 1
        || !isMessage(method.arguments().get(0).type())
        || (method.hasResult() && !isMessage(method.result()))) {
      return Optional.empty();
    }
    Message argument = empty(method.arguments().get(0).type());
    return Optional.of(
        new Messages(
            method.name(), argument, method.hasResult() ? empty(method.result()) : argument));
  }

  static boolean isMessage(Type type) {
    return type instanceof Class<?> c && Message.class.isAssignableFrom(c) && c != Message.class;
  }

  /**
   * The default instance of a generated class.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Message empty(Type type) {
    Class<?> messageClass = (Class<?>) type;
    try {
      return (Message) messageClass.getMethod("getDefaultInstance").invoke(null);
    } catch (ReflectiveOperationException | NullPointerException e) {
      throw new IllegalArgumentException(
          messageClass.getName() + " is no class that protoc has made", e);
    }
  }

  private record Messages(String method, Message argument, Message result) implements MethodCodec {
    @Override
    public ByteString writeArguments(@Nullable Object[] arguments) {
      return write(arguments[0], "the argument");
    }

    @Override
    public @Nullable Object[] readArguments(ByteString payload) throws PayloadException {
      return new @Nullable Object[] {read(argument, payload)};
    }

    @Override
    public ByteString writeResult(@Nullable Object value) {
      return write(value, "the result");
    }

    @Override
    public Object readResult(ByteString payload) throws PayloadException {
      return read(result, payload);
    }

    private ByteString write(@Nullable Object message, String what) {
      if (message == null) {
        throw new IllegalArgumentException(
            what + " of " + method + " is null: protobuf has no such thing");
      }
      return ((Message) message).toByteString();
    }

    private static Message read(Message empty, ByteString payload) throws PayloadException {
      try {
        return empty.getParserForType().parseFrom(payload);
      } catch (InvalidProtocolBufferException e) {
        throw new PayloadException(
            "the payload is no " + empty.getDescriptorForType().getFullName());
      }
    }
  }
}
