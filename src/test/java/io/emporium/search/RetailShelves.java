package io.emporium.search;

import static org.awaitility.Awaitility.await;

import io.emporium.RetailCatalogue;
import io.emporium.catalog.Callers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;

/** The products that {@link JudgedQueries} speaks of, put on sale and found. */
final class RetailShelves {
    private RetailShelves() {}

    /** Puts it on sale through the door. */
    static void load(Callers callers) {
        callers.exist();
        try {
            Callers.admin()
                    .contentType("text/csv")
                    .body(Files.readAllBytes(RetailCatalogue.file()))
                    .post("/api/v1/products/import" + RetailCatalogue.COLUMNS)
                    .then()
                    .statusCode(200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until Elasticsearch has all of it. */
    static void awaitIndexed(SearchNode node, Shelves shelves) {
        await().atMost(Duration.ofSeconds(180))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(IndexAway.class)
                .until(() -> !shelves.isAnyDue()
                        && node.work("GET", "/" + IndexDefinition.ALIAS + "/_count")
                                        .path("count")
                                        .asInt()
                                >= RetailCatalogue.PRODUCTS);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Shelves.backend("sofa").equals("elasticsearch"));
    }
}
