package io.trunkline.client.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import io.trunkline.invocation.CallResult;

/** What a call names: the last dot divides service and method. */
record CallTarget(String service, String method) {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  static CallTarget parse(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw new CliException(
          ClientMain.UNUSABLE, "'" + text + "' is not service.method, for example echo.echo");
    }
    return new CallTarget(text.substring(0, dot), text.substring(dot + 1));
  }

  /** JSON if it is that, to the letter; or text. */
  static String contentType(String payload) {
    try {
      return payload.isBlank() || STRICT.fromJson(payload, JsonElement.class) == null
          ? TEXT
          : CallResult.JSON;
    } catch (JsonParseException e) {
      return TEXT;
    }
  }
}
