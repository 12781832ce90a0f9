package io.trunkline.client.cli;

import com.google.gson.JsonObject;
import io.trunkline.invocation.CallResult;
import java.io.PrintWriter;

/** An answer as lines. */
final class CallPrinter {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  CallPrinter(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /**
   * @param oneWay there is no answer to print
   */
  void print(CallResult result, boolean oneWay) {
    if (json) {
      JsonObject record = new JsonObject();
      record.addProperty("event", "result");
      record.addProperty("status", result.status().name());
      record.addProperty("message", result.message());
      record.addProperty("contentType", result.contentType());
      record.addProperty("payload", result.text());
      out.println(record);
    } else if (!result.ok()) {
      err.println(result.status() + (result.message().isEmpty() ? "" : ": " + result.message()));
    } else if (!oneWay) {
      out.println(result.text());
    }
    out.flush();
    err.flush();
  }
}
