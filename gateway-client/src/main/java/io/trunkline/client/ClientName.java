package io.trunkline.client;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Under which name a client's state is kept: user and device, each URL-encoded, so that no two
 * pairs have the same.
 */
final class ClientName {
  private ClientName() {}

  /**
   * The user is read from the token, which nobody has to trust for that. One that is no JSON Web
   * Token has none.
   */
  static String of(String token, String deviceId) {
    return URLEncoder.encode(subject(token), StandardCharsets.UTF_8)
        + "/"
        + URLEncoder.encode(deviceId, StandardCharsets.UTF_8);
  }

  private static String subject(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return "";
    }
    try {
      String json = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      JsonElement claims = JsonParser.parseString(json);
      JsonElement subject = claims instanceof JsonObject object ? object.get("sub") : null;
      return subject != null && subject.isJsonPrimitive() ? subject.getAsString() : "";
    } catch (IllegalArgumentException | JsonParseException e) {
      return "";
    }
  }
}
