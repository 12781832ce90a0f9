package io.trunkline.benchmarks.peers.helidon;

import io.helidon.webserver.WebServer;
import io.trunkline.benchmarks.calls.Threads;

/** Answers a POST with the body it was sent; a virtual thread for each connection. */
final class Server {
  private Server() {}

  public static void main(String[] args) {
    WebServer server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .backlog(4096)
            .routing(
                routing ->
                    routing.post(
                        "/echo",
                        (request, response) -> response.send(request.content().as(byte[].class))))
            .build()
            .start();
    Threads.ready(server.port());
  }
}
