package io.trunkline.invocation.payload;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;

/** JSON that is not what a type wants. The message is for who sent it, and names the place. */
final class Unreadable extends JsonParseException {
  private static final long serialVersionUID = 1;

  /** Names in the JSON, which end up in messages, can be as long as a frame. */
  private static final int MAX_LENGTH = 300;

  private static final int MAX_PLACE = 100;

  private Unreadable(String message) {
    super(message.length() > MAX_LENGTH ? message.substring(0, MAX_LENGTH) + "..." : message);
  }

  /** The value that comes next is wrong. */
  static Unreadable next(JsonReader in, String why) {
    return new Unreadable(place(in.getPath()) + " " + why);
  }

  /** The value that was read last is wrong. */
  static Unreadable last(JsonReader in, String why) {
    return new Unreadable(place(in.getPreviousPath()) + " " + why);
  }

  /** Something about a field of the object, or element of the list, that was read last. */
  static Unreadable within(JsonReader in, String field, String why) {
    String path = in.getPreviousPath();
    return new Unreadable(place(path + "." + field) + " " + why);
  }

  /** A place as people write it: {@code 'items[2].price'}. */
  static String place(String path) {
    String name = path.startsWith("$.") ? path.substring(2) : path.substring(1);
    if (name.length() > MAX_PLACE) {
      name = name.substring(0, MAX_PLACE) + "...";
    }
    return name.isEmpty() ? "the payload" : "'" + name + "'";
  }
}
