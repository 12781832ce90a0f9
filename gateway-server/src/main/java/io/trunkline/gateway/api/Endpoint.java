package io.trunkline.gateway.api;

import io.helidon.http.Method;

/** All requests under {@link #ROOT}; {@code META-INF/openapi.yaml} has the same list. */
enum Endpoint {
  LIST_SESSIONS(Method.GET_NAME, "/sessions"),
  GET_SESSION(Method.GET_NAME, "/sessions/{id}"),
  KICK_SESSION(Method.DELETE_NAME, "/sessions/{id}"),
  CALL_SESSION(Method.POST_NAME, "/sessions/{id}/calls"),
  CALL_SERVICE(Method.POST_NAME, "/services/{service}/calls"),
  COUNT_AUDIENCE(Method.POST_NAME, "/audiences/count"),
  POST_NOTIFICATION(Method.POST_NAME, "/notifications"),
  GET_NOTIFICATION(Method.GET_NAME, "/notifications/{id}"),
  RETRY_NOTIFICATION(Method.POST_NAME, "/notifications/{id}/retry"),
  LIST_DEAD_LETTERS(Method.GET_NAME, "/dead-letters"),
  LIST_TOPICS(Method.GET_NAME, "/topics"),
  LIST_NODES(Method.GET_NAME, "/nodes"),
  FORGET_NODE(Method.DELETE_NAME, "/nodes/{id}"),
  ASSIGN_NODE(Method.GET_NAME, "/nodes/assign"),
  DRAIN_NODE(Method.POST_NAME, "/nodes/{id}/drain"),
  UNDRAIN_NODE(Method.POST_NAME, "/nodes/{id}/undrain"),
  LIST_SERVICES(Method.GET_NAME, "/services"),
  RELOAD_SERVICES(Method.POST_NAME, "/services/reload");

  static final String ROOT = "/api/v1";

  private final String method;
  private final String path;

  Endpoint(String method, String path) {
    this.method = method;
    this.path = path;
  }

  Method method() {
    return Method.create(method);
  }

  /** Under {@link #ROOT}. */
  String path() {
    return path;
  }
}
