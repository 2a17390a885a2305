package io.emporium.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.catalog.file.CsvReader;
import io.emporium.catalog.file.FileTooLarge;
import io.emporium.catalog.file.LineReader;
import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final int BATCH = 500;
    private static final int ROUNDS = 5;

    /** What a file is written in. */
    enum Format {
        CSV,
        NDJSON
    }

    private final ProductUpsert upsert;
    private final Validator validator;
    private final ObjectMapper json;

    ProductImport(ProductUpsert upsert, Validator validator, ObjectMapper json) {
        this.upsert = upsert;
        this.validator = validator;
        this.json = json;
    }

    /**
     * @param imageBase stands before relative image paths; null leaves them as they are
     * @param actorId who does it, null for the shop itself
     * @throws Refusal MALFORMED_REQUEST or VALIDATION_ERROR if it is no catalogue, PAYLOAD_TOO_LARGE above
     *     {@value #LARGEST} bytes and MALFORMED_REQUEST for one that is cut: what came before is loaded, the report is in
     *     the details
     */
    ImportReport load(
            InputStream file,
            Format format,
            ImportColumns columns,
            @Nullable String imageBase,
            @Nullable Long actorId) {
        Run run = new Run(actorId);
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

    /** One file's way into the catalogue. */
    private final class Run {
        private final @Nullable Long actorId;
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

        Run(@Nullable Long actorId) {
            this.actorId = actorId;
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
                        write();
                    }
                }
            }
        }

        ImportReport finish() {
            write();
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

        private void write() {
            Collection<ImportRow.Good> left = List.copyOf(batch.values());
            batch.clear();
            for (int round = 1; !left.isEmpty() && round <= ROUNDS; round++) {
                ProductUpsert.Outcome outcome = upsert.write(left, actorId);
                created += outcome.created();
                updated += outcome.updated();
                unchanged += outcome.unchanged();
                outcome.withdrawn().forEach(row -> note(warnings, row, "the product is withdrawn, and stays so"));
                left = outcome.again();
            }
            left.forEach(row -> reject(
                    row.line(), row.sku(), ProductField.SKU.code(), "somebody else changes this product all the time"));
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
