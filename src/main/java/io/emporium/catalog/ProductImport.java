package io.emporium.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.catalog.file.CsvReader;
import io.emporium.catalog.file.FileTooLarge;
import io.emporium.catalog.file.LineReader;
import io.emporium.shared.Collision;
import io.emporium.shared.Places;
import io.emporium.shared.Refusal;
import io.emporium.web.AuditLog;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads a merchant's file into the catalogue, by SKU (contract.md, POST /products/import). Products that are not in the
 * file stay as they are. It is no single transaction: batches are committed as they come, so that a big file locks
 * little and what was good before a cable was pulled is kept; the same file once more changes nothing that is done.
 */
@ApplicationScoped
class ProductImport {
    /** A file's most bytes. */
    static final long LARGEST = 1L << 30;

    /** So many bad rows, and so many warnings, are listed; the rest is counted: a report must fit into memory. */
    static final int NOTED = 10_000;

    private static final ThreadFactory WRITERS =
            Thread.ofVirtual().name("import-", 0).factory();
    private static final Comparator<ImportReport.Note> BY_LINE = Comparator.comparingLong(ImportReport.Note::line);
    private static final int BATCH = 500;

    /** So many batches are written at once: one connection waits for its answer half of the time. */
    private static final int WRITTEN_AT_ONCE = 2;

    /** And so many of all imports, that there are connections left for those who buy. */
    static final int WRITTEN_BY_ALL = 4;

    /** Of each file the SKUs so far and a few batches are in memory. */
    static final int LOADED_AT_ONCE = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final int ROUNDS = 5;

    /** What a file is written in. */
    enum Format {
        CSV,
        NDJSON
    }

    private final ProductUpsert upsert;
    private final AuditLog audit;
    private final Validator validator;
    private final ObjectMapper json;
    private final Places files = new Places(LOADED_AT_ONCE, PATIENCE);
    private final Semaphore connections = new Semaphore(WRITTEN_BY_ALL);

    ProductImport(ProductUpsert upsert, AuditLog audit, Validator validator, ObjectMapper json) {
        this.upsert = upsert;
        this.audit = audit;
        this.validator = validator;
        this.json = json;
    }

    /**
     * @param imageBase stands before relative image paths; null leaves them as they are
     * @throws Refusal MALFORMED_REQUEST or VALIDATION_ERROR if it is no catalogue, PAYLOAD_TOO_LARGE above
     *     {@value #LARGEST} bytes and MALFORMED_REQUEST for one that is cut: what came before is loaded, the report is in
     *     the details; SERVICE_UNAVAILABLE, with the report too, if the database fails, and without one if
     *     {@value #LOADED_AT_ONCE} others are being loaded
     */
    ImportReport load(InputStream file, Format format, ImportColumns columns, @Nullable String imageBase) {
        return files.take(
                () -> {
                    try (ExecutorService writers = Executors.newFixedThreadPool(WRITTEN_AT_ONCE, WRITERS)) {
                        return load(file, format, columns, imageBase, new Run(writers));
                    }
                },
                CatalogError::tooManyFiles);
    }

    private ImportReport load(
            InputStream file, Format format, ImportColumns columns, @Nullable String imageBase, Run run) {
        try {
            ImportRows rows = switch (format) {
                case CSV -> ImportRows.csv(new CsvReader(file, LARGEST), columns, imageBase, validator, json);
                case NDJSON -> ImportRows.ndjson(new LineReader(file, LARGEST), columns, imageBase, validator, json);
            };
            for (ImportRow row = rows.next(); row != null; row = rows.next()) {
                run.take(row);
            }
            return run.finish();
        } catch (FileTooLarge tooLarge) {
            throw CatalogError.fileTooLarge(run.finish());
        } catch (IOException cut) {
            throw CatalogError.fileCut(run.finish());
        }
    }

    /**
     * What became of a batch.
     *
     * @param givenUp rows whose product was somebody else's in every round
     */
    private record Written(
            int created, int updated, int unchanged, List<ImportRow.Good> withdrawn, List<ImportRow.Good> givenUp) {
        static final Written NOTHING = new Written(0, 0, 0, List.of(), List.of());

        Written and(ProductUpsert.Outcome round) {
            List<ImportRow.Good> both = new ArrayList<>(withdrawn);
            both.addAll(round.withdrawn());
            return new Written(
                    created + round.created(), updated + round.updated(), unchanged + round.unchanged(), both, givenUp);
        }

        Written without(List<ImportRow.Good> left) {
            return new Written(created, updated, unchanged, withdrawn, left);
        }
    }

    private record Writing(Set<String> skus, Future<Written> outcome) {}

    /** One file's way into the catalogue: some batches are written while the next is read, and no more wait. */
    private final class Run {
        // The writers' threads have no request.
        private final AuditLog.Origin origin = audit.origin();
        private final ExecutorService writers;
        private final long startedAt = System.nanoTime();
        private final SeenSkus seen = new SeenSkus();
        private final Map<String, ImportRow.Good> batch = new LinkedHashMap<>();
        private final List<ImportReport.Note> errors = new ArrayList<>();
        private final List<ImportReport.Note> warnings = new ArrayList<>();
        private long rows;
        private long created;
        private long updated;
        private long unchanged;
        private long superseded;
        private long rejected;
        private final Deque<Writing> writing = new ArrayDeque<>();

        Run(ExecutorService writers) {
            this.writers = writers;
        }

        void take(ImportRow row) {
            rows++;
            switch (row) {
                case ImportRow.Bad bad -> reject(bad.line(), bad.sku(), bad.field(), bad.message());
                case ImportRow.Good good -> {
                    if (!seen.add(good.sku())) {
                        note(warnings, good, "the SKU was in the file before; this later row counts");
                    }
                    if (batch.put(good.sku(), good) != null) {
                        superseded++;
                    }
                    if (batch.size() == BATCH) {
                        writeNext();
                    }
                }
            }
        }

        ImportReport finish() {
            writeNext();
            awaitWritten(0);
            return report();
        }

        private ImportReport report() {
            errors.sort(BY_LINE);
            warnings.sort(BY_LINE);
            long milliseconds = Math.max(1, (System.nanoTime() - startedAt) / 1_000_000);
            return new ImportReport(
                    rows,
                    created,
                    updated,
                    unchanged,
                    superseded,
                    rejected,
                    errors,
                    warnings,
                    BigDecimal.valueOf(milliseconds, 3),
                    rows * 1_000 / milliseconds);
        }

        private void writeNext() {
            Map<String, ImportRow.Good> next = Map.copyOf(batch);
            batch.clear();
            // Of two rows of a SKU the later counts, so it is written later.
            awaitWritten(
                    writing.stream().allMatch(earlier -> Collections.disjoint(earlier.skus(), next.keySet()))
                            ? WRITTEN_AT_ONCE - 1
                            : 0);
            writing.add(new Writing(next.keySet(), writers.submit(() -> write(List.copyOf(next.values())))));
        }

        /** Until no more than so many are still being written. */
        private void awaitWritten(int left) {
            while (writing.size() > left) {
                count(writing.remove().outcome());
            }
        }

        private void count(Future<Written> batch) {
            try {
                Written written = batch.get();
                created += written.created();
                updated += written.updated();
                unchanged += written.unchanged();
                written.withdrawn().forEach(row -> note(warnings, row, "the product is withdrawn, and stays so"));
                written.givenUp()
                        .forEach(row -> reject(
                                row.line(),
                                row.sku(),
                                ProductField.SKU.code(),
                                "somebody else changes this product all the time"));
            } catch (ExecutionException failed) {
                Log.errorf(failed.getCause(), "An import ends: a batch before its row %d could not be written", rows);
                // The other may have been, and is in the report then.
                awaitWritten(0);
                throw CatalogError.batchFailed(report());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while a batch was written", stopped);
            }
        }

        /** In a writer's thread, which touches nothing of the run. */
        private Written write(List<ImportRow.Good> rows) {
            Written written = Written.NOTHING;
            List<ImportRow.Good> left = rows;
            for (int round = 1; !left.isEmpty() && round <= ROUNDS; round++) {
                connections.acquireUninterruptibly();
                try {
                    ProductUpsert.Outcome outcome = upsert.write(left, origin);
                    written = written.and(outcome);
                    left = outcome.again();
                } catch (RuntimeException fault) {
                    if (round == ROUNDS || !isOfTheMoment(fault)) {
                        throw fault;
                    }
                } finally {
                    connections.release();
                }
            }
            return written.without(left);
        }

        private static boolean isOfTheMoment(Throwable fault) {
            return Stream.iterate(fault, Objects::nonNull, Throwable::getCause)
                    .anyMatch(link -> link instanceof SQLException sql && Collision.is(sql));
        }

        private void reject(long line, @Nullable String sku, @Nullable String field, String message) {
            rejected++;
            if (errors.size() < NOTED) {
                errors.add(new ImportReport.Note(line, sku, field, message));
            }
        }

        private static void note(List<ImportReport.Note> notes, ImportRow.Good row, String message) {
            if (notes.size() < NOTED) {
                notes.add(new ImportReport.Note(row.line(), row.sku(), null, message));
            }
        }
    }
}
