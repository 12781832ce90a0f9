package io.trunkline.invocation.payload;

import io.trunkline.invocation.payload.MethodCodecs.Choice;
import java.util.ArrayList;
import java.util.List;

/**
 * The content types that typed services speak, the preferred one first. Immutable. Make one and
 * keep it: what is prepared for an interface is remembered with it.
 */
public final class PayloadCodecs {
  private static final PayloadCodecs STANDARD =
      new PayloadCodecs(List.of(new ProtobufCodec(), new JsonCodec()));

  private final List<PayloadCodec> codecs;

  private PayloadCodecs(List<PayloadCodec> codecs) {
    this.codecs = codecs;
  }

  /** Protobuf where argument and result are protobuf messages, and JSON. */
  public static PayloadCodecs standard() {
    return STANDARD;
  }

  /** These, with one that is preferred to them (and replaces one of the same content type). */
  public PayloadCodecs with(PayloadCodec codec) {
    List<PayloadCodec> more = new ArrayList<>();
    more.add(codec);
    for (PayloadCodec present : codecs) {
      if (!present.contentType().equals(codec.contentType())) {
        more.add(present);
      }
    }
    return new PayloadCodecs(List.copyOf(more));
  }

  /**
   * What a method can be called with.
   *
   * @throws IllegalArgumentException if that is nothing; the message says why
   */
  public MethodCodecs prepare(MethodShape method) {
    List<Choice> choices = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (PayloadCodec codec : codecs) {
      try {
        codec
            .prepare(method)
            .ifPresent(prepared -> choices.add(new Choice(codec.contentType(), prepared)));
      } catch (IllegalArgumentException e) {
        reasons.add(codec.contentType() + ": " + e.getMessage());
      }
    }
    if (choices.isEmpty()) {
      throw new IllegalArgumentException(
          method.name()
              + " has no content type that can carry it. "
              + (reasons.isEmpty() ? "None takes such methods" : String.join("; ", reasons)));
    }
    return new MethodCodecs(choices);
  }
}
