package io.trunkline.gateway.api;

/** Ends a request with a problem document. The message is for the caller and names no secrets. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ProblemType type;

  ApiException(ProblemType type, String told) {
    super(told);
    this.type = type;
  }

  ApiException(ProblemType type, String told, Throwable cause) {
    super(told, cause);
    this.type = type;
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

  String told() {
    return String.valueOf(getMessage());
  }
}
