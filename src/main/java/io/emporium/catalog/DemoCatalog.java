package io.emporium.catalog;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Fills the shelves of a shop that runs in local mode and has none, so that whoever starts Emporium for the first time
 * has something to buy. {@code DEMO_CATALOG=false} leaves them empty.
 */
@ApplicationScoped
class DemoCatalog {
    private static final Logger LOG = Logger.getLogger(DemoCatalog.class);

    private final ProductImport imports;
    private final boolean wanted;

    DemoCatalog(
            ProductImport imports,
            @ConfigProperty(name = "EMPORIUM_LOCAL", defaultValue = "false") boolean local,
            @ConfigProperty(name = "DEMO_CATALOG", defaultValue = "true") boolean demo) {
        this.imports = imports;
        this.wanted = local && demo;
    }

    void fill(@Observes StartupEvent start) {
        if (wanted && Product.count() == 0) {
            ImportReport report = load();
            LOG.infof("Filled the empty catalogue with %d demo products", report.created());
        }
    }

    ImportReport load() {
        try (InputStream file = DemoCatalog.class.getResourceAsStream("/demo/catalog.csv")) {
            if (file == null) {
                throw new IllegalStateException("demo/catalog.csv is not in the artifact");
            }
            return imports.load(file, ProductImport.Format.CSV, ImportColumns.of(List.of()), null);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
