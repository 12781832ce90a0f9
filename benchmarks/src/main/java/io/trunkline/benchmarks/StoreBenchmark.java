package io.trunkline.benchmarks;

import io.trunkline.persistence.Database;
import io.trunkline.persistence.DatabaseConfig;
import io.trunkline.persistence.DatabaseUnavailableException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The store of messages on its database, without broker and engine, and the least that a durable
 * insert costs there.
 */
final class StoreBenchmark {
  private static final List<Integer> BATCHES = List.of(1, 100, 500);
  private static final List<Integer> THREADS = List.of(1, 2);
  private static final double MICROS_PER_SECOND = 1e6;

  private final Lab lab;
  private final Sizes sizes;
  private final AtomicInteger batches = new AtomicInteger();

  StoreBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  /** One batch; the number is its own. */
  private interface Work {
    void run(int number) throws SQLException;
  }

  Table run() throws BenchmarkException {
    return run(
        (table, database, bare) -> {
          MessageLoad load = new MessageLoad(database.messages());
          for (int batch : BATCHES) {
            bareInsert(table, bare, batch);
            for (int threads : THREADS) {
              measure(table, "store, settle", batch, threads, n -> load.settled(n, batch));
              measure(
                  table,
                  "store, sent, settle with receipt, receipt sent",
                  batch,
                  threads,
                  n -> load.wholeLife(n, batch));
            }
          }
        });
  }

  /** What PostgreSQL needs for the payloads and nothing else. */
  Table bareInserts() throws BenchmarkException {
    return run(
        (table, database, bare) -> {
          for (int batch : BATCHES) {
            bareInsert(table, bare, batch);
          }
        });
  }

  /** Fills a table. */
  private interface Part {
    void run(Table table, Database database, Connection bare)
        throws SQLException, BenchmarkException;
  }

  private Table run(Part part) throws BenchmarkException {
    DatabaseConfig config = config(lab.gateway());
    Table table =
        new Table(
            "Message store ("
                + MessageLoad.PAYLOAD_BYTES
                + " bytes, "
                + MessageLoad.USERS
                + " users)",
            "work",
            "batch",
            "threads",
            "messages/s",
            "PostgreSQL CPU µs per message",
            "the store's");
    try (Database database = Database.open(config);
        Connection bare =
            DriverManager.getConnection(config.url(), config.user(), config.password())) {
      lab.gateway().settle();
      part.run(table, database, bare);
    } catch (DatabaseUnavailableException | SQLException e) {
      throw new BenchmarkException("no database: " + e.getMessage(), e);
    }
    return table;
  }

  private void bareInsert(Table table, Connection bare, int batch)
      throws SQLException, BenchmarkException {
    try (Statement statement = bare.createStatement()) {
      statement.execute("create table bench (id bigserial primary key, payload bytea not null)");
    }
    byte[][] payloads = new byte[batch][MessageLoad.PAYLOAD_BYTES];
    measure(
        table,
        "bare insert of the payloads",
        batch,
        1,
        n -> {
          try (PreparedStatement insert =
              bare.prepareStatement("insert into bench (payload) select unnest(?)")) {
            insert.setArray(1, bare.createArrayOf("bytea", payloads));
            insert.executeUpdate();
          }
        });
    try (Statement statement = bare.createStatement()) {
      statement.execute("drop table bench");
    }
  }

  private void measure(Table table, String name, int batch, int threads, Work work)
      throws BenchmarkException {
    Gateway gateway = lab.gateway();
    lab.progress().say("%s, batches of %d, %d threads".formatted(name, batch, threads));
    repeat(work, threads, sizes.warmUpSeconds());
    ProcessFigures self = ProcessFigures.ofThisProcess();
    double database = gateway.figures().childrenCpuSeconds();
    double own = self.cpuSeconds();
    long begin = System.nanoTime();
    double messages = (double) batch * repeat(work, threads, sizes.callSeconds());
    double seconds = Progress.secondsSince(begin);
    table.add(
        name,
        batch,
        threads,
        messages / seconds,
        (gateway.figures().childrenCpuSeconds() - database) * MICROS_PER_SECOND / messages,
        (self.cpuSeconds() - own) * MICROS_PER_SECOND / messages);
  }

  /** Runs batches for so long; returns how many. */
  private int repeat(Work work, int threads, int seconds) throws BenchmarkException {
    long begin = System.nanoTime();
    int first = batches.get();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            executor.submit(
                () -> {
                  while (Progress.secondsSince(begin) < seconds) {
                    work.run(batches.getAndIncrement());
                  }
                  return null;
                }));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted", e);
    } catch (ExecutionException e) {
      throw new BenchmarkException("the store failed: " + e.getCause(), e);
    }
    return batches.get() - first;
  }

  private DatabaseConfig config(Gateway gateway) throws BenchmarkException {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:" + gateway.databasePort() + "/trunkline",
        "trunkline",
        lab.secret("postgres-trunkline"),
        4,
        Duration.ofSeconds(5));
  }
}
