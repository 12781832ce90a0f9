package io.trunkline.gateway.uplink.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.Calls;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A back end behind TLS, with a certificate for {@code localhost}. */
class HttpsBackEndTest {
  private static final char[] PASSWORD = "for this test only".toCharArray();

  private final Set<InetSocketAddress> peers = ConcurrentHashMap.newKeySet();
  private X509Certificate certificate;
  private HttpsServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    int made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertThat(made).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    certificate = (X509Certificate) keys.getCertificate("mykey"); // keytool's name for it
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            peers.add(exchange.getRemoteAddress());
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'o', 'k'});
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private CallResult call(String host, List<X509Certificate> trusted, int times)
      throws InterruptedException {
    var options =
        new HttpBackEnd.Options(
            URI.create("https://" + host + ":" + server.getAddress().getPort()),
            Map.of("get", "GET /"),
            Map.of(),
            Map.of(),
            trusted,
            4);
    var identity = CallIdentity.of(List.of(), Optional.empty(), Clock.systemUTC());
    try (HttpBackEnd orders = HttpBackEnd.open("orders", options, identity, 1000)) {
      CallResult last = orders.handle(Calls.json("orders", "get", ""));
      for (int i = 1; i < times; i++) {
        last = orders.handle(Calls.json("orders", "get", ""));
      }
      return last;
    }
  }

  @Test
  void certificateThatIsTrusted_andForThatHost_isCalled_onOneConnection() throws Exception {
    CallResult result = call("localhost", List.of(certificate), 5);

    assertThat(result.text()).as(result.message()).isEqualTo("ok");
    assertThat(peers).hasSize(1);
  }

  @Test
  void certificateThatNobodyKnows_isUnavailable_andNothingWasSent() throws Exception {
    CallResult result = call("localhost", List.of(), 1);

    assertThat(result.status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(result.message()).contains("nothing was done");
    assertThat(peers).isEmpty();
  }

  @Test
  void certificateOfAnotherHost_isUnavailable() throws Exception {
    assertThat(call("127.0.0.1", List.of(certificate), 1).status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(peers).isEmpty();
  }
}
