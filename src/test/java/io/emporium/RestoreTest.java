package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A backup is taken while the shop sells, and another PostgreSQL is started from it: as pg_basebackup does it, which does not come
 * with local mode's PostgreSQL.
 */
@QuarkusTest
@EnabledOnOs(OS.LINUX)
class RestoreTest {
    /** What belongs to the running server, and WAL, which is copied last. */
    private static final Set<String> NOT_COPIED = Set.of(
            "postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot", "pg_stat_tmp", "pg_subtrans", "pg_notify");

    @Inject
    DataSource database;

    @ConfigProperty(name = "DB_PASSWORD")
    String password;

    @ConfigProperty(name = "STRIPE_API_BASE")
    String stripe;

    @ConfigProperty(name = "PAYPAL_API_BASE")
    String paypal;

    @ConfigProperty(name = "BANK_API_BASE")
    String bank;

    @TempDir
    Path folder;

    @Test
    void what_was_answered_before_a_backup_is_there_after_its_restore_and_everything_fits() throws Exception {
        Shopper ada = Shopper.registered();
        long product = Shopper.admin().createProduct("19.99", 100_000);
        long order = ada.paidOrder(product, 2);

        Path backup = folder.resolve("backup");
        Path running = takenWhileSelling(backup, ada, product);
        long afterwards = ada.paidOrder(product, 1);

        int port = FreePort.next();
        Process restored = start(running, backup, port);
        try {
            DataSource copy = connected(port);
            assertThat(one(copy, "SELECT status || ' ' || total_amount FROM orders WHERE order_id = " + order))
                    .isEqualTo("confirmed 39.98");
            assertThat(one(
                            copy,
                            "SELECT count(*) FROM transactions WHERE status = 'completed' AND order_id = " + order))
                    .isEqualTo("1");
            // What came later is not in it.
            assertThat(one(copy, "SELECT count(*) FROM orders WHERE order_id = " + afterwards))
                    .isEqualTo("0");
            assertThat(one(copy, "SELECT max(installed_rank) FROM flyway_schema_history"))
                    .isEqualTo(one(database, "SELECT max(installed_rank) FROM flyway_schema_history"));
            new Invariants(copy, stripe, paypal, bank).holdNow();
            // And it can be written to.
            assertThat(one(copy, "UPDATE products SET name = name WHERE product_id = " + product + " RETURNING 'ok'"))
                    .isEqualTo("ok");
        } finally {
            restored.destroy();
            assertThat(restored.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** @return the data folder of the server that goes on */
    private Path takenWhileSelling(Path backup, Shopper ada, long product) throws Exception {
        var done = new AtomicBoolean();
        var fault = new AtomicReference<Throwable>();
        Thread selling = Thread.ofVirtual().start(() -> {
            try {
                while (!done.get()) {
                    ada.order(product, 1);
                    // Others wait for what is told of each.
                    Thread.sleep(200);
                }
            } catch (RuntimeException | Error | InterruptedException unsold) {
                fault.set(unsold);
            }
        });
        Path data;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            data = Path.of(first(statement, "SHOW data_directory"));
            statement.execute("SELECT pg_backup_start('rehearsal', true)");
            copy(data, backup);
            String label;
            try (ResultSet stopped = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                stopped.next();
                label = stopped.getString(1);
            }
            Files.writeString(backup.resolve("backup_label"), label);
            for (String emptied : List.of("pg_wal", "pg_replslot", "pg_stat_tmp", "pg_subtrans", "pg_notify")) {
                Files.createDirectories(backup.resolve(emptied));
            }
            try (var segments = Files.list(data.resolve("pg_wal"))) {
                for (Path segment : segments.filter(Files::isRegularFile).toList()) {
                    Files.copy(segment, backup.resolve("pg_wal").resolve(segment.getFileName()));
                }
            }
        } finally {
            done.set(true);
            selling.join(Duration.ofSeconds(60));
        }
        assertThat(fault.get()).isNull();
        return data;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes ignored) throws IOException {
                if (directory.getParent().equals(from)
                        && NOT_COPIED.contains(directory.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(
                        to.resolve(from.relativize(directory)),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes ignored) throws IOException {
                if (!NOT_COPIED.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, to.resolve(from.relativize(file)));
                    } catch (NoSuchFileException gone) {
                        // A server that goes on removes files; what was in them is in the WAL.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException fault) throws IOException {
                if (fault instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw fault;
            }
        });
    }

    /** The program that runs the other one, on the copy. */
    private Process start(Path running, Path backup, int port) throws IOException {
        String pid = Files.readAllLines(running.resolve("postmaster.pid")).getFirst();
        Path program = Files.readSymbolicLink(Path.of("/proc", pid.strip(), "exe"));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // As local mode does it: PostgreSQL does not run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program.toString(), "-D", backup.toString(), "-p", Integer.toString(port)));
        command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
        command.addAll(List.of("-c", "max_connections=200", "-c", "shared_buffers=16MB"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("restored.log").toFile())
                .start();
    }

    private DataSource connected(int port) {
        var copy = new PGSimpleDataSource();
        copy.setServerNames(new String[] {"127.0.0.1"});
        copy.setPortNumbers(new int[] {port});
        copy.setDatabaseName("emporium");
        copy.setUser("emporium");
        copy.setPassword(password);
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(one(copy, "SELECT pg_is_in_recovery()"))
                        .as(Files.readString(folder.resolve("restored.log")))
                        .isEqualTo("f"));
        return copy;
    }

    private static String one(DataSource from, String query) throws SQLException {
        try (Connection connection = from.getConnection();
                Statement statement = connection.createStatement()) {
            return first(statement, query);
        }
    }

    private static String first(Statement statement, String query) throws SQLException {
        try (ResultSet answer = statement.executeQuery(query)) {
            assertThat(answer.next()).as(query).isTrue();
            return answer.getString(1);
        }
    }
}
