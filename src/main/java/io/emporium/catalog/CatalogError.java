package io.emporium.catalog;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way the catalogue says no. */
final class CatalogError {
    private CatalogError() {}

    static Refusal productNotFound() {
        return Refusal.notFound("Product");
    }

    static Refusal duplicateSku() {
        return new Refusal(
                Refusal.Code.DUPLICATE_FIELD, "A product with this SKU already exists", Map.of("field", "sku"));
    }

    static Refusal versionConflict() {
        return new Refusal(Refusal.Code.VERSION_CONFLICT, "The product was changed since you read it: read it again");
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Validation failed",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }

    static Refusal tooManyCounts() {
        return Refusal.notNow(
                "Too many long lists are being counted: use a narrower filter, or try again", Duration.ofSeconds(2));
    }

    static Refusal unreadable(String message) {
        return new Refusal(Refusal.Code.MALFORMED_REQUEST, message);
    }

    static Refusal tooManyFiles() {
        return Refusal.notNow(
                "Other files are being loaded: send it again when one of them has ended", Duration.ofSeconds(10));
    }

    /** @param report of the rows that came before and are kept */
    static Refusal fileTooLarge(ImportReport report) {
        return new Refusal(
                Refusal.Code.PAYLOAD_TOO_LARGE,
                "A file can have 1 GB at most; what came before is loaded",
                Map.of("report", report));
    }

    /** @param report of the rows that came before and are kept */
    static Refusal batchFailed(ImportReport report) {
        return new Refusal(
                Refusal.Code.SERVICE_UNAVAILABLE,
                "Some rows could not be written; what the report counts is loaded. Send the file again: what is there stays as it is",
                Map.of("report", report),
                Duration.ofSeconds(3));
    }

    /** @param report of the rows that came before and are kept */
    static Refusal fileCut(ImportReport report) {
        return new Refusal(
                Refusal.Code.MALFORMED_REQUEST,
                "The file ended before its end; what came before is loaded",
                Map.of("report", report));
    }
}
