package io.trunkline.persistence;

import java.sql.SQLException;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/** Runs the migrations of module db-migrations. */
final class Schema {
  private Schema() {}

  static void migrate(DatabaseConfig config) throws DatabaseUnavailableException {
    // Not the pool's connections: a migration may take longer than a statement is allowed there.
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    try {
      dataSource.setUrl(config.url());
      Properties properties = Connections.properties(config);
      for (String name : properties.stringPropertyNames()) {
        dataSource.setProperty(name, properties.getProperty(name));
      }
      Flyway.configure()
          .dataSource(dataSource)
          .schemas("trunkline")
          .locations("classpath:db/migration")
          .load()
          .migrate();
    } catch (SQLException e) {
      throw Connections.unavailable(config, e);
    } catch (FlywayException e) {
      throw new DatabaseUnavailableException(
          "The schema of %s cannot be brought up to date: %s"
              .formatted(Connections.withoutPassword(config.url()), Connections.oneLine(e)),
          e);
    }
  }
}
