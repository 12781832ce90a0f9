package io.trunkline.console;

import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.di.LookupInitializer;
import com.vaadin.flow.server.communication.JSR356WebsocketInitializer;
import com.vaadin.flow.server.startup.ErrorNavigationTargetInitializer;
import com.vaadin.flow.server.startup.LookupServletContainerInitializer;
import com.vaadin.flow.server.startup.RouteRegistryInitializer;
import com.vaadin.flow.server.startup.VaadinAppShellInitializer;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jetty with the console in it. The servlet's parts are named here one by one: to have them found
 * by scanning all jars would cost seconds at each start.
 */
final class ConsoleServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConsoleServer.class);
  private static final Class<?>[] PAGES = {
    LoginView.class,
    SessionsView.class,
    NodesView.class,
    ServicesView.class,
    PushView.class,
    MessagesView.class,
    DeadLettersView.class,
    ActivityView.class
  };
  private static final Class<?>[] FAULT_PAGES = {NotFoundView.class, FaultView.class};
  private static final Class<? extends AppShellConfigurator> SHELL = ConsoleShell.class;

  private static final int MAX_THREADS = 64;
  private static final int MIN_THREADS = 4;
  private static final long STOP_TIMEOUT_MS = 2_000;

  /**
   * Vaadin starts itself with inline scripts and evaluates what the server sends, so both must be
   * allowed; nothing may come from, or be framed by, another site.
   */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
          + "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
          + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

  private final Server server;
  private final ServerConnector connector;

  ConsoleServer(ConsoleConfig config, ConsoleServices services) throws IOException {
    var threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    threads.setName("console-http");
    server = new Server(threads);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
    connector.setHost(config.host());
    connector.setPort(config.port());
    server.addConnector(connector);
    server.setHandler(context(config, services));
    server.setStopTimeout(STOP_TIMEOUT_MS);
  }

  /**
   * Takes the port, so that a port in use is known before anything else is begun.
   *
   * @throws IOException if it cannot be had
   */
  void bind() throws IOException {
    connector.open();
  }

  void start() throws Exception {
    server.start();
  }

  int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      log.warn("The HTTP server did not stop as it should", e);
    }
  }

  private static HttpConfiguration http() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.addCustomizer(
        (request, headers) -> {
          headers.add("Content-Security-Policy", CONTENT_SECURITY_POLICY);
          headers.add("X-Frame-Options", "DENY");
          headers.add("X-Content-Type-Options", "nosniff");
          headers.add("Referrer-Policy", "same-origin");
          return request;
        });
    return http;
  }

  private ServletContextHandler context(ConsoleConfig config, ConsoleServices services)
      throws IOException {
    var context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
    context.setClassLoader(ConsoleServer.class.getClassLoader());
    context.setBaseResource(staticFiles(ResourceFactory.of(server)));
    var errors = new ErrorHandler();
    errors.setShowStacks(false);
    context.setErrorHandler(errors);

    var sessions = context.getSessionHandler();
    sessions.setSessionCookie("trunkline-console");
    sessions.setHttpOnly(true);
    sessions.setSecureRequestOnly(config.secureCookie());
    sessions.getSessionCookieConfig().setSecure(config.secureCookie());
    sessions.setSameSite(HttpCookie.SameSite.STRICT);
    sessions.setMaxInactiveInterval(Math.toIntExact(config.idleTimeout().toSeconds()));

    JakartaWebSocketServletContainerInitializer.configure(context, null);
    context.addServletContainerInitializer(
        new LookupServletContainerInitializer(), LookupInitializer.class);
    context.addServletContainerInitializer(new RouteRegistryInitializer(), PAGES);
    context.addServletContainerInitializer(new ErrorNavigationTargetInitializer(), FAULT_PAGES);
    context.addServletContainerInitializer(new VaadinAppShellInitializer(), SHELL);
    context.addEventListener(new JSR356WebsocketInitializer());

    var servlet = new ServletHolder("console", new ConsoleServlet(services));
    servlet.setAsyncSupported(true);
    servlet.setInitOrder(1);
    // An open page's heartbeats do not count as doing something.
    servlet.setInitParameter("closeIdleSessions", "true");
    context.addServlet(servlet, "/*");
    return context;
  }

  /**
   * What the jars have under {@code META-INF/resources}: themes, Vaadin's push client, our style.
   */
  private static Resource staticFiles(ResourceFactory resources) throws IOException {
    List<Resource> roots =
        Collections.list(ConsoleServer.class.getClassLoader().getResources("META-INF/resources"))
            .stream()
            .map(resources::newResource)
            .toList();
    return ResourceFactory.combine(roots);
  }
}
