package io.trunkline.gateway.api;

import io.trunkline.jms.InvalidSelector;
import java.util.OptionalInt;

/** Ends a request with a problem document. The message is for the caller and names no secrets. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ProblemType type;

  /** Character of a selector, from 1; 0 for what is about no selector. */
  private final int position;

  ApiException(ProblemType type, String told) {
    super(told);
    this.type = type;
    this.position = 0;
  }

  ApiException(ProblemType type, String told, Throwable cause) {
    super(told, cause);
    this.type = type;
    this.position = 0;
  }

  private ApiException(InvalidSelector cause) {
    super("the selector is not valid " + cause.getMessage(), cause);
    this.type = ProblemType.INVALID_SELECTOR;
    this.position = cause.position();
  }

  static ApiException selector(InvalidSelector cause) {
    return new ApiException(cause);
  }

  static ApiException parameter(String name, String why) {
    return new ApiException(ProblemType.INVALID_PARAMETER, "parameter '" + name + "' " + why);
  }

  static ApiException body(String why) {
    return new ApiException(ProblemType.INVALID_BODY, why);
  }

  ProblemType type() {
    return type;
  }

  /** Where in the selector, from 1. */
  OptionalInt position() {
    return position == 0 ? OptionalInt.empty() : OptionalInt.of(position);
  }

  String told() {
    return String.valueOf(getMessage());
  }
}
