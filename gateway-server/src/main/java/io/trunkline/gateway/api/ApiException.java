package io.trunkline.gateway.api;

import io.trunkline.jms.InvalidSelector;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem document. The message is for the caller and names no secrets. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ProblemType type;

  /** Character of a selector, from 1; 0 for what is about no selector. */
  private final int position;

  /** The node that can do it, and where its API is; null for what is about no other node. */
  private final @Nullable String node;

  private final @Nullable String apiAddress;

  ApiException(ProblemType type, String told) {
    super(told);
    this.type = type;
    this.position = 0;
    this.node = null;
    this.apiAddress = null;
  }

  private ApiException(String told, String node, @Nullable String apiAddress) {
    super(told);
    this.type = ProblemType.OTHER_NODE;
    this.position = 0;
    this.node = node;
    this.apiAddress = apiAddress;
  }

  ApiException(ProblemType type, String told, Throwable cause) {
    super(told, cause);
    this.type = type;
    this.position = 0;
    this.node = null;
    this.apiAddress = null;
  }

  private ApiException(InvalidSelector cause) {
    super("the selector is not valid " + cause.getMessage(), cause);
    this.type = ProblemType.INVALID_SELECTOR;
    this.position = cause.position();
    this.node = null;
    this.apiAddress = null;
  }

  static ApiException selector(InvalidSelector cause) {
    return new ApiException(cause);
  }

  /** Another node has what is asked for. */
  static ApiException otherNode(String told, String node, Optional<String> apiAddress) {
    return new ApiException(told, node, apiAddress.orElse(null));
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

  Optional<String> node() {
    return Optional.ofNullable(node);
  }

  Optional<String> apiAddress() {
    return Optional.ofNullable(apiAddress);
  }

  String told() {
    return String.valueOf(getMessage());
  }
}
