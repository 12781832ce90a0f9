package io.trunkline.gateway.api;

import java.util.Locale;

/** What can be wrong with a request, as callers' programs see it. The names are a contract. */
enum ProblemType {
  BAD_REQUEST(400, "The request is malformed"),
  INVALID_PARAMETER(400, "A parameter is not valid"),
  INVALID_BODY(400, "The body is not valid"),
  INVALID_SELECTOR(400, "The selector is not valid"),
  UNAUTHORIZED(401, "A bearer token is needed"),
  FORBIDDEN(403, "This is not for the one whose token it is"),
  NOT_FOUND(404, "There is no such thing"),
  CONFLICT(409, "The state of the thing does not allow it"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  BODY_TOO_LARGE(413, "The body is too large"),
  OTHER_NODE(421, "Another node holds it"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body is of a wrong type"),
  INVALID_ROUTES(422, "The routes file has errors; the routes stay as they were"),
  INTERNAL_ERROR(500, "The gateway failed"),
  DATABASE_AWAY(503, "The database cannot be reached at present"),
  BROKER_AWAY(503, "The broker cannot be reached at present"),
  NO_NODE(503, "No node takes clients at present"),
  KEYS_AWAY(503, "Tokens cannot be verified at present");

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** As in the document's {@code code}. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
