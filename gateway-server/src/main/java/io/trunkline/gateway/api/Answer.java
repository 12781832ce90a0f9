package io.trunkline.gateway.api;

/**
 * What a request is answered.
 *
 * @param body becomes JSON
 */
record Answer(int status, Object body) {
  static Answer ok(Object body) {
    return new Answer(200, body);
  }

  /** It was passed on; its effect is still to come. */
  static Answer accepted(Object body) {
    return new Answer(202, body);
  }
}
