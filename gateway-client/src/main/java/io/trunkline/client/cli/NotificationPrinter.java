package io.trunkline.client.cli;

import com.google.gson.JsonObject;
import io.trunkline.client.ClientListener;
import io.trunkline.client.ControlResult;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.ServerCall;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.StreamEvent;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;

/**
 * What happens to a client, as lines. Human form: notifications to standard output, the rest to
 * standard error. JSON: all to standard output.
 */
final class NotificationPrinter implements ClientListener {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  NotificationPrinter(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  @Override
  public void connected(SessionInfo session) {
    if (json) {
      JsonObject event = event("connected");
      event.addProperty("session", session.sessionId());
      event.addProperty("node", session.nodeId());
      event.addProperty("resumed", session.resumed());
      print(out, event.toString());
    } else {
      print(
          err,
          (session.resumed() ? "resumed" : "connected")
              + " session "
              + session.sessionId()
              + " on node "
              + session.nodeId());
    }
  }

  @Override
  public void stream(StreamEvent stream) {
    if (json) {
      JsonObject event = event("stream");
      event.addProperty("stream", stream.stream());
      event.addProperty("epoch", stream.epoch());
      event.addProperty("fromOffset", stream.fromOffset());
      event.addProperty("recovered", stream.recovered());
      print(out, event.toString());
    } else {
      print(
          err,
          "stream "
              + stream.stream()
              + (stream.recovered() ? " recovered" : " NOT recovered, something is missing")
              + "; goes on after offset "
              + stream.fromOffset());
    }
  }

  /** The first answer to a subscription. */
  void subscribed(String topic, ControlResult result) {
    control(result.ok() ? "subscribed" : "subscription-refused", topic, result, false);
  }

  void unsubscribed(String topic, ControlResult result) {
    control(result.ok() ? "unsubscribed" : "unsubscription-refused", topic, result, false);
  }

  @Override
  public void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {
    control("subscription-refused", topic, result, willRetry);
  }

  private void control(String name, String topic, ControlResult result, boolean again) {
    if (json) {
      JsonObject event = event(name);
      event.addProperty("topic", topic);
      event.addProperty("status", result.status().name());
      event.addProperty("message", result.message());
      event.addProperty("retry", again);
      print(out, event.toString());
    } else {
      String why = result.ok() ? "" : ": " + result.status() + " " + result.message();
      print(
          err, name.replace('-', ' ') + " " + topic + why + (again ? ", asking again later" : ""));
    }
  }

  /** The gateway called this client. */
  void called(ServerCall call) {
    if (json) {
      JsonObject event = event("called");
      event.addProperty("service", call.service());
      event.addProperty("method", call.method());
      event.addProperty("bytes", call.payload().size());
      print(out, event.toString());
    } else {
      print(
          err,
          "called "
              + call.service()
              + "."
              + call.method()
              + " with "
              + call.payload().size()
              + " bytes");
    }
  }

  boolean isJson() {
    return json;
  }

  @Override
  public void disconnected(Disconnect disconnect) {
    ended("disconnected", disconnect);
  }

  @Override
  public void attemptFailed(Disconnect disconnect) {
    ended("attempt-failed", disconnect);
  }

  @Override
  public void goAway(String reason, Duration delay) {
    if (json) {
      JsonObject event = event("go-away");
      event.addProperty("reason", reason);
      event.addProperty("delayMs", delay.toMillis());
      print(out, event.toString());
    } else {
      print(err, "the gateway asks to leave in " + delay.toMillis() + " ms: " + reason);
    }
  }

  @Override
  public void notification(Notification notification) {
    print(out, json ? asJson(notification) : asText(notification));
  }

  private void ended(String name, Disconnect disconnect) {
    if (json) {
      JsonObject event = event(name);
      event.addProperty("code", disconnect.code());
      event.addProperty("name", disconnect.name());
      event.addProperty("message", disconnect.message());
      event.addProperty("reconnect", disconnect.willReconnect());
      print(out, event.toString());
    } else {
      print(
          err,
          name.replace('-', ' ')
              + ": "
              + disconnect.name()
              + " ("
              + disconnect.code()
              + ") "
              + disconnect.message()
              + (disconnect.willReconnect() ? ", connecting again" : ""));
    }
  }

  private static String asText(Notification notification) {
    String text =
        isText(notification)
            ? notification.text().replaceAll("\\R", " ")
            : notification.payload().size() + " bytes of " + notification.contentType();
    return String.join(
        " ",
        now(),
        dashIfEmpty(notification.id()),
        dashIfEmpty(notification.stream()),
        notification.stream().isEmpty() ? "-" : Long.toString(notification.offset()),
        dashIfEmpty(notification.type()),
        text);
  }

  private static String asJson(Notification notification) {
    JsonObject event = event("notification");
    event.addProperty("id", notification.id());
    event.addProperty("type", notification.type());
    event.addProperty("contentType", notification.contentType());
    event.addProperty("topic", notification.topic());
    event.addProperty("stream", notification.stream());
    event.addProperty("epoch", notification.epoch());
    event.addProperty("offset", notification.offset());
    event.addProperty("expect", notification.expect().name().toLowerCase(Locale.ROOT));
    if (isText(notification)) {
      event.addProperty("payload", notification.text());
    } else {
      event.addProperty(
          "payloadBase64",
          Base64.getEncoder().encodeToString(notification.payload().toByteArray()));
    }
    return event.toString();
  }

  private static JsonObject event(String name) {
    JsonObject event = new JsonObject();
    event.addProperty("event", name);
    event.addProperty("time", now());
    return event;
  }

  private static boolean isText(Notification notification) {
    try {
      var unused =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(notification.payload().toByteArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String dashIfEmpty(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** Flushed: whoever reads a pipe waits for the line. */
  private static void print(PrintWriter writer, String line) {
    synchronized (writer) {
      writer.println(line);
      writer.flush();
    }
  }
}
