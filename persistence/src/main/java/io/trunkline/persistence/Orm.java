package io.trunkline.persistence;

import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/**
 * The persistence unit, without persistence.xml. Hibernate takes a second or two to start in a cold
 * JVM, so it does that beside the migrations; who needs it first waits for it.
 */
final class Orm implements AutoCloseable {
  /** What the SQL may be written for; a newer server understands it too. */
  private static final String OLDEST_POSTGRES = "16";

  private final CompletableFuture<SessionFactory> sessions;

  private Orm(CompletableFuture<SessionFactory> sessions) {
    this.sessions = sessions;
  }

  static Orm start(DataSource pool) {
    Thread.Builder thread = Thread.ofPlatform().name("trunkline-orm-start").daemon();
    return new Orm(CompletableFuture.supplyAsync(() -> build(pool), thread::start));
  }

  /** Blocks while Hibernate still starts. */
  SessionFactory sessions() {
    return sessions.join();
  }

  @Override
  public void close() {
    sessions
        .handle(
            (factory, failure) -> {
              if (factory != null) {
                factory.close();
              }
              return null;
            })
        .join();
  }

  /** Asks the database nothing: what Hibernate must know is said here, which starts faster. */
  private static SessionFactory build(DataSource pool) {
    return new HibernatePersistenceConfiguration("trunkline")
        .managedClasses(
            LiveSession.class,
            GatewayNode.class,
            UserBan.class,
            ConsoleOperator.class,
            OperatorActionRecord.class)
        .xmlMappings(false)
        .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
        .property(AvailableSettings.JAKARTA_HBM2DDL_DB_NAME, "PostgreSQL")
        .property(AvailableSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION, OLDEST_POSTGRES)
        .property(AvailableSettings.ALLOW_METADATA_ON_BOOT, false)
        .property(
            AvailableSettings.PHYSICAL_NAMING_STRATEGY, PhysicalNamingStrategySnakeCaseImpl.class)
        .property(AvailableSettings.HBM2DDL_AUTO, "none")
        // Errors reach the caller, who logs them once; here they would be logged at each attempt.
        .property(AvailableSettings.LOG_JDBC_ERRORS, false)
        .createEntityManagerFactory();
  }
}
