package io.emporium.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How an import went. {@code rows = created + updated + unchanged + superseded + rejected}.
 *
 * @param updated rows that changed a product or its stock
 * @param superseded rows that a later row with the same SKU replaced before they were written
 * @param rejected bad rows: they change nothing, the good ones are kept
 * @param errors the first 10,000 bad rows
 * @param warnings the first 10,000 things that were done but may not be what was meant
 * @param seconds how long it took, three decimals
 */
record ImportReport(
        @Schema(examples = "2465") long rows,
        @Schema(examples = "2465") long created,
        long updated,
        long unchanged,
        long superseded,
        long rejected,
        List<Note> errors,
        List<Note> warnings,
        BigDecimal seconds,
        long rowsPerSecond) {

    /**
     * @param line in the file, from 1
     * @param sku if the row has a readable one
     * @param field if it is one field's fault
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Note(long line, @Nullable String sku, @Nullable String field, String message) {}
}
