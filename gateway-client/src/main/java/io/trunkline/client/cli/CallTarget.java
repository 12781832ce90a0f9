package io.trunkline.client.cli;

/** What a call names: the last dot divides service and method. */
record CallTarget(String service, String method) {

  static CallTarget parse(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw new CliException(
          ClientMain.UNUSABLE, "'" + text + "' is not service.method, for example echo.echo");
    }
    return new CallTarget(text.substring(0, dot), text.substring(dot + 1));
  }

  static String contentType(String payload) {
    return payload.startsWith("{") || payload.startsWith("[")
        ? "application/json"
        : "text/plain; charset=utf-8";
  }
}
