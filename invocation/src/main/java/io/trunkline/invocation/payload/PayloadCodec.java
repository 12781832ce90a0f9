package io.trunkline.invocation.payload;

import java.util.Optional;

/** A content type, and what it is made from. Thread-safe. */
public interface PayloadCodec {

  /** The media type that it reads and writes: lower case, without parameters. */
  String contentType();

  /**
   * Prepares a method, once: what is slow (reflection, for example) belongs here.
   *
   * @return empty: such methods are not for this content type
   * @throws IllegalArgumentException if they are, but this one uses what cannot be written or read;
   *     its message tells the service's developer what, and what to do
   */
  Optional<MethodCodec> prepare(MethodShape method);
}
