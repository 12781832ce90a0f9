package io.trunkline.gateway.api;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.trunkline.jms.BrokerUnavailableException;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where an error becomes an answer: a problem document (RFC 9457) with what the
 * caller may know; the cause goes to the log.
 */
final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);
  private static final String CONTENT_TYPE = "application/problem+json";
  private static final String RETRY_AFTER_SECONDS = "5";
  private static final String CHALLENGE = "Bearer realm=\"trunkline\"";

  private Problems() {}

  /** Answers a request that failed in a handler, a filter or in routing. */
  static void answer(ServerRequest request, ServerResponse response, Throwable failure) {
    String path = request.path().absolute().path();
    ApiException problem = problem(failure, path);
    log(request.prologue().method().text(), path, problem);
    if (response.isSent()) {
      return;
    }
    ProblemType type = problem.type();
    response.status(type.status());
    response.header(HeaderNames.CONTENT_TYPE, CONTENT_TYPE);
    if (type.status() == Status.UNAUTHORIZED_401_CODE) {
      response.header(HeaderNames.WWW_AUTHENTICATE, CHALLENGE);
    } else if (type.status() == Status.SERVICE_UNAVAILABLE_503_CODE) {
      response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    Map<String, Object> document = document(type, problem.told());
    problem.position().ifPresent(position -> document.put("position", position));
    problem.node().ifPresent(node -> document.put("node", node));
    problem.apiAddress().ifPresent(address -> document.put("api_address", address));
    response.send(Json.bytes(document));
  }

  /** For what is wrong before there is a request to route. */
  static DirectHandlers direct() {
    var handlers = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      handlers.addHandler(event, Problems::answerDirectly);
    }
    return handlers.build();
  }

  private static DirectHandler.TransportResponse answerDirectly(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    ProblemType type = type(status.code());
    log.debug("{} {}: {}", request.method(), request.path(), message);
    headers.set(HeaderNames.CONTENT_TYPE, CONTENT_TYPE);
    return DirectHandler.TransportResponse.builder()
        .status(Status.create(type.status()))
        .headers(headers)
        .keepAlive(event.keepAlive())
        .entity(Json.bytes(document(type, type.title())))
        .build();
  }

  private static Map<String, Object> document(ProblemType type, String detail) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", "urn:trunkline:problem:" + type.code());
    document.put("title", type.title());
    document.put("status", type.status());
    document.put("detail", detail);
    document.put("code", type.code());
    return document;
  }

  private static ApiException problem(Throwable failure, String path) {
    return switch (failure) {
      case ApiException known -> known;
      case Exception broker when broker instanceof BrokerUnavailableException ->
          new ApiException(
              ProblemType.BROKER_AWAY, "the broker did not take it; try again later", failure);
      case PersistenceException database when isAway(database) ->
          new ApiException(
              ProblemType.DATABASE_AWAY, "the database did not answer; try again later", failure);
      case HttpException http when http.status().code() == Status.NOT_FOUND_404_CODE ->
          new ApiException(ProblemType.NOT_FOUND, "there is nothing at " + path, failure);
      case HttpException http -> ofStatus(http.status().code(), failure);
      case RequestException request -> ofStatus(request.status().code(), failure);
      default -> internal(failure);
    };
  }

  private static ApiException ofStatus(int status, Throwable failure) {
    ProblemType type = type(status);
    return type == ProblemType.INTERNAL_ERROR
        ? internal(failure)
        : new ApiException(type, type.title(), failure);
  }

  private static ApiException internal(Throwable failure) {
    return new ApiException(ProblemType.INTERNAL_ERROR, "the gateway's log has the cause", failure);
  }

  private static ProblemType type(int status) {
    return switch (status) {
      case Status.UNAUTHORIZED_401_CODE -> ProblemType.UNAUTHORIZED;
      case Status.NOT_FOUND_404_CODE -> ProblemType.NOT_FOUND;
      case Status.METHOD_NOT_ALLOWED_405_CODE -> ProblemType.METHOD_NOT_ALLOWED;
      case Status.REQUEST_ENTITY_TOO_LARGE_413_CODE -> ProblemType.BODY_TOO_LARGE;
      case Status.UNSUPPORTED_MEDIA_TYPE_415_CODE -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
      default ->
          status >= Status.BAD_REQUEST_400_CODE && status < Status.INTERNAL_SERVER_ERROR_500_CODE
              ? ProblemType.BAD_REQUEST
              : ProblemType.INTERNAL_ERROR;
    };
  }

  /** Connection lost or not to be had, as opposed to a statement that is wrong. */
  private static boolean isAway(Throwable failure) {
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SQLTransientConnectionException) {
        return true;
      }
      if (at instanceof SQLException sql && sql.getSQLState() != null) {
        // Classes of PostgreSQL's SQLSTATE: connection, resources, operator's intervention.
        String state = sql.getSQLState();
        if (state.startsWith("08") || state.startsWith("53") || state.startsWith("57P")) {
          return true;
        }
      }
    }
    return false;
  }

  private static void log(String method, String path, ApiException problem) {
    if (problem.type() == ProblemType.INTERNAL_ERROR) {
      log.error("{} {} failed", method, path, problem.getCause());
    } else if (problem.type().status() >= Status.INTERNAL_SERVER_ERROR_500_CODE) {
      log.warn("{} {}: {}", method, path, String.valueOf(problem.getCause()));
    } else {
      log.debug("{} {}: {}", method, path, problem.told());
    }
  }
}
