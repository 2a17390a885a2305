package io.emporium;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The 2,465 products of a real shop. The file is no part of the project: it is looked for beside it, or where
 * {@code -Demporium.retail-catalog} says. Tests that need it are passed over without; {@code .ci/run} lets none be.
 */
public final class RetailCatalogue {
    public static final int PRODUCTS = 2_465;
    /** Which of its columns are ours, as the import is told. */
    public static final String COLUMNS = "?columns=sku:id,brand:style&image_base=https://cdn.example.com/shop/";

    private RetailCatalogue() {}

    public static Path file() {
        return Path.of(System.getProperty("emporium.retail-catalog", "../shared/data/retail-catalog.csv"))
                .toAbsolutePath();
    }

    public static boolean isHere() {
        return Files.exists(file());
    }
}
