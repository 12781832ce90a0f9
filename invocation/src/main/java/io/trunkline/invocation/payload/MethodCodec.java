package io.trunkline.invocation.payload;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A method's arguments and result in one content type. Thread-safe, does not block.
 *
 * <p>Reading happens on the thread that a call is worked on, or an answer waited for; for methods
 * that return a future, on the event loop that brings the answer.
 */
public interface MethodCodec {

  /** How a payload goes with a method's arguments, where several overloads could be meant. */
  enum Fit {
    NO,
    /** It can be read, and others may fit better. */
    POSSIBLE,
    /** Number and names are those of the arguments. */
    EXACT
  }

  /**
   * Writes.
   *
   * @throws IllegalArgumentException if the values cannot be written
   */
  ByteString writeArguments(@Nullable Object[] arguments);

  /** Reads as many values as there are arguments. */
  @Nullable Object[] readArguments(ByteString payload) throws PayloadException;

  /** How well these could be the arguments. */
  default Fit fit(ByteString payload) {
    return Fit.POSSIBLE;
  }

  /**
   * Writes; not asked for methods without a result.
   *
   * @throws IllegalArgumentException if the value cannot be written
   */
  ByteString writeResult(@Nullable Object result);

  /** Reads; not asked for methods without a result. */
  @Nullable Object readResult(ByteString payload) throws PayloadException;
}
