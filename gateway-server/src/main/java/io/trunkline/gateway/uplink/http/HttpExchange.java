package io.trunkline.gateway.uplink.http;

import com.google.protobuf.ByteString;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientProtocolConfig;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1ClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One request and its response on a connection, by Helidon's client. Blocks. */
final class HttpExchange {
  private static final int READ_BYTES = 16 << 10;

  private final Http1Client client;
  private final URI origin;
  private final int maxBodyBytes;

  /**
   * A response.
   *
   * @param contentType empty: not said
   * @param reusable whether the connection can serve another exchange
   */
  record Answer(
      int status,
      String reason,
      String contentType,
      String retryAfter,
      ByteString body,
      boolean reusable) {}

  /** What came is no response of HTTP/1.1. */
  static final class NonsenseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NonsenseException(String message) {
      super(message);
    }
  }

  HttpExchange(URI origin, int maxBodyBytes, int maxHeaderBytes) {
    this.origin = origin;
    this.maxBodyBytes = maxBodyBytes;
    this.client =
        Http1Client.builder()
            .servicesDiscoverServices(false)
            .followRedirects(false)
            .relativeUris(true)
            .proxy(Proxy.noProxy())
            .sendExpectContinue(false)
            .shareConnectionCache(false)
            .protocolConfig(
                Http1ClientProtocolConfig.builder()
                    .maxHeaderSize(maxHeaderBytes)
                    .validateRequestHeaders(true)
                    .build())
            .build();
  }

  /**
   * Sends and receives.
   *
   * @throws RuntimeException if that failed in any way: the connection is then of no more use
   */
  Answer run(
      HttpConnection connection, RequestTemplate.Filled filled, Map<String, String> headers) {
    Http1ClientRequest request =
        client
            .method(Method.create(filled.method().name()))
            .skipUriEncoding(true)
            .uri(URI.create(origin + asOnePath(filled.target())))
            .connection(connection)
            .keepAlive(true);
    headers.forEach((name, value) -> request.header(HeaderNames.create(name), value));
    Http1ClientResponse response =
        filled.method().hasBody() ? request.submit(filled.body().toByteArray()) : request.request();
    // Not closed: that would read on, and decide about the connection.
    Headers received = response.headers();
    int status = response.status().code();
    if (status < 200 || status > 599) {
      throw new NonsenseException("status " + status);
    }
    boolean delimited = checkLength(received);
    boolean hasBody = filled.method() != HttpMethod.HEAD && status != 204 && status != 304;
    ByteString body = hasBody ? body(response, delimited) : ByteString.EMPTY;
    return new Answer(
        status,
        response.status().reasonPhrase(),
        text(received, HeaderNames.CONTENT_TYPE),
        text(received, HeaderNames.RETRY_AFTER),
        body,
        (delimited || !hasBody) && !connection.leftOver() && staysOpen(received));
  }

  /**
   * For Helidon, which decodes paths and queries before it sends them, so that {@code %2F} would
   * become a separator and {@code ..%2F} lead elsewhere: with all encoded once more, and the query
   * as part of the path, what it sends is the target as it was made.
   */
  private static String asOnePath(String target) {
    return Percent.encode(target).replace("%2F", "/");
  }

  /**
   * Whether the end of the body is marked. Where two servers could read different ends from the
   * same headers, ours is not one of them (RFC 9112, section 6.3).
   */
  private static boolean checkLength(Headers headers) {
    List<String> codings = all(headers, HeaderNames.TRANSFER_ENCODING);
    List<String> lengths = all(headers, HeaderNames.CONTENT_LENGTH);
    boolean chunked = codings.size() == 1 && codings.getFirst().equals("chunked");
    if (!codings.isEmpty() && !chunked) {
      throw new NonsenseException("transfer encoding " + codings);
    }
    if (lengths.size() > 1 || (chunked && !lengths.isEmpty())) {
      throw new NonsenseException("more than one length of the body");
    }
    if (!lengths.isEmpty() && !lengths.getFirst().matches("[0-9]{1,18}")) {
      throw new NonsenseException("length '" + lengths.getFirst() + "'");
    }
    if (!all(headers, HeaderNames.CONTENT_ENCODING).stream().allMatch("identity"::equals)) {
      throw new NonsenseException("a content encoding, which was not asked for");
    }
    return chunked || !lengths.isEmpty();
  }

  private ByteString body(Http1ClientResponse response, boolean delimited) {
    ByteString.Output body = ByteString.newOutput();
    if (!response.entity().hasEntity()) {
      return ByteString.EMPTY;
    }
    InputStream in = response.entity().inputStream();
    byte[] buffer = new byte[READ_BYTES];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (body.size() + n > maxBodyBytes) {
          throw new HttpConnection.TooMuchException();
        }
        body.write(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InsufficientDataAvailableException e) {
      if (delimited) {
        throw e;
      }
    }
    return body.toByteString();
  }

  private static boolean staysOpen(Headers headers) {
    return !all(headers, HeaderNames.CONNECTION).contains("close");
  }

  private static List<String> all(Headers headers, HeaderName name) {
    return headers.contains(name)
        ? headers.get(name).allValues(/* split= */ true).stream()
            .map(value -> value.strip().toLowerCase(Locale.ROOT))
            .toList()
        : List.of();
  }

  private static String text(Headers headers, HeaderName name) {
    if (!headers.contains(name)) {
      return "";
    }
    Header header = headers.get(name);
    return header.get().strip();
  }
}
