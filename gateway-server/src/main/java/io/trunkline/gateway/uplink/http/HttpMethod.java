package io.trunkline.gateway.uplink.http;

/** The methods that back ends are called with (RFC 9110, section 9). */
enum HttpMethod {
  GET(false, true, true),
  HEAD(false, true, true),
  DELETE(false, false, true),
  PUT(true, false, true),
  POST(true, false, false),
  PATCH(true, false, false);

  private final boolean body;
  private final boolean safe;
  private final boolean idempotent;

  HttpMethod(boolean body, boolean safe, boolean idempotent) {
    this.body = body;
    this.safe = safe;
    this.idempotent = idempotent;
  }

  /** Whether the payload goes into the body, not into the query. */
  boolean hasBody() {
    return body;
  }

  /** Whether it asks only, and changes nothing. */
  boolean safe() {
    return safe;
  }

  /** Whether twice does what once does. */
  boolean idempotent() {
    return idempotent;
  }
}
