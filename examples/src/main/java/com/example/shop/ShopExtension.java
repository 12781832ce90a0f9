package com.example.shop;

import io.trunkline.gateway.extension.GatewayExtension;
import io.trunkline.gateway.session.SessionListener;
import io.trunkline.gateway.uplink.UplinkInterceptor;
import io.trunkline.gateway.uplink.UplinkService;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a chain of shops adds to its gateways: {@link ConnectWatch} counts connects and finds
 * devices whose connection flaps, {@link TenantGuard} keeps the shops apart, {@link VisitsService}
 * tells what they have seen to whoever calls it.
 */
public final class ShopExtension implements GatewayExtension {
  /** System property: file to which flapping devices are appended; without it they are logged. */
  static final String REPORT_FILE = "shop.flapping.file";

  private static final Logger log = LoggerFactory.getLogger(ShopExtension.class);

  private final ConnectWatch watch =
      new ConnectWatch(
          new ConnectWatch.Limits(5, Duration.ofMinutes(1), 10_000),
          reporter(System.getProperty(REPORT_FILE, "")),
          Clock.systemUTC());
  private final TenantGuard guard = new TenantGuard();

  @Override
  public List<UplinkService> services() {
    return List.of(VisitsService.of(watch, guard));
  }

  @Override
  public List<SessionListener> sessionListeners() {
    return List.of(watch);
  }

  @Override
  public List<UplinkInterceptor> interceptors() {
    return List.of(guard);
  }

  @Override
  public void close() {
    watch.close();
    log.info("connects {}, {} calls refused", watch.connects(), guard.refused());
  }

  private static ConnectWatch.Reporter reporter(String file) {
    return file.isEmpty()
        ? flapping -> log.warn("{}", flapping)
        : flapping -> append(Path.of(file), flapping.toString());
  }

  private static void append(Path file, String line) {
    try (BufferedWriter out =
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
