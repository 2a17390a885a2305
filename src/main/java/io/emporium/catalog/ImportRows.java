package io.emporium.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.catalog.file.CsvCell;
import io.emporium.catalog.file.CsvReader;
import io.emporium.catalog.file.FileRecord;
import io.emporium.catalog.file.LineReader;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rows of a file, one after the other, each judged by the rules of {@link ProductRequest}. */
final class ImportRows {
    private static final Pattern PRICE = Pattern.compile("-?\\d{1,15}(\\.\\d{1,15})?");
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

    private final Reader records;
    private final ImportColumns columns;
    private final @Nullable String imageBase;
    private final Validator validator;
    private final ObjectMapper json;
    private final int width;
    private final Map<ProductField, Integer> places;

    private interface Reader {
        @Nullable
        FileRecord next() throws IOException;
    }

    private ImportRows(
            Reader records,
            ImportColumns columns,
            @Nullable String imageBase,
            Validator validator,
            ObjectMapper json,
            List<String> header) {
        this.records = records;
        this.columns = columns;
        this.imageBase = imageBase;
        this.validator = validator;
        this.json = json;
        this.width = header.size();
        this.places = header.isEmpty() ? Map.of() : columns.in(header);
    }

    /** @throws io.emporium.shared.Refusal if the first line is no header of a catalogue */
    static ImportRows csv(
            CsvReader file, ImportColumns columns, @Nullable String imageBase, Validator validator, ObjectMapper json)
            throws IOException {
        List<String> header = switch (file.next()) {
            case null -> throw CatalogError.unreadable("The file is empty");
            case FileRecord.Cells cells -> cells.cells();
            case FileRecord.Unreadable unreadable ->
                throw CatalogError.unreadable("The file's header " + unreadable.why());
            case FileRecord.Line line -> throw new IllegalStateException("a line in CSV: " + line.line());
        };
        return new ImportRows(file::next, columns, imageBase, validator, json, header);
    }

    static ImportRows ndjson(
            LineReader file,
            ImportColumns columns,
            @Nullable String imageBase,
            Validator validator,
            ObjectMapper json) {
        return new ImportRows(file::next, columns, imageBase, validator, json, List.of());
    }

    /** The next row, or null at the end. */
    @Nullable
    ImportRow next() throws IOException {
        FileRecord read = records.next();
        return switch (read) {
            case null -> null;
            case FileRecord.Unreadable bad -> new ImportRow.Bad(bad.line(), null, null, bad.why());
            case FileRecord.Cells cells -> row(cells);
            case FileRecord.Line line -> row(line);
        };
    }

    private ImportRow row(FileRecord.Cells record) {
        List<String> cells = record.cells();
        if (cells.size() != width) {
            return new ImportRow.Bad(
                    record.line(), null, null, "has " + cells.size() + " cells where the header has " + width);
        }
        String sku = cell(cells, ProductField.SKU);
        String price = cell(cells, ProductField.PRICE);
        if (price != null && !PRICE.matcher(price).matches()) {
            return bad(record.line(), sku, ProductField.PRICE, "must be a number like 19.99");
        }
        String stock = cell(cells, ProductField.STOCK_QUANTITY);
        Long quantity = null;
        if (stock != null) {
            if (!WHOLE.matcher(stock).matches()) {
                return bad(record.line(), sku, ProductField.STOCK_QUANTITY, "must be a whole number");
            }
            quantity = Long.valueOf(stock);
            if (quantity < 0 || quantity > Integer.MAX_VALUE) {
                return bad(record.line(), sku, ProductField.STOCK_QUANTITY, "must be between 0 and 2147483647");
            }
        }
        Set<ProductField> given = EnumSet.noneOf(ProductField.class);
        given.addAll(places.keySet());
        return valid(record.line(), request(cells, sku, price, quantity), given);
    }

    @SuppressWarnings("NullAway") // what is missing, valid() finds
    private ProductRequest request(
            List<String> cells, @Nullable String sku, @Nullable String price, @Nullable Long quantity) {
        Integer place = places.get(ProductField.DESCRIPTION);
        return new ProductRequest(
                cell(cells, ProductField.NAME),
                place == null ? null : CsvCell.read(cells.get(place)),
                price == null ? null : new BigDecimal(price),
                cell(cells, ProductField.CATEGORY),
                cell(cells, ProductField.BRAND),
                sku,
                quantity == null ? null : quantity.intValue(),
                image(cell(cells, ProductField.IMAGE_URL)));
    }

    private @Nullable String cell(List<String> cells, ProductField field) {
        Integer place = places.get(field);
        if (place == null) {
            return null;
        }
        String cell = cells.get(place).strip();
        return cell.isEmpty() ? null : CsvCell.read(cell);
    }

    private ImportRow row(FileRecord.Line line) {
        ObjectNode product = json.createObjectNode();
        Set<ProductField> given = EnumSet.noneOf(ProductField.class);
        try {
            if (!(json.reader()
                            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                            .readTree(line.text())
                    instanceof ObjectNode read)) {
                return new ImportRow.Bad(line.line(), null, null, "is not a JSON object");
            }
            List<String> names = new ArrayList<>();
            read.fieldNames().forEachRemaining(names::add);
            columns.find(names).forEach((field, place) -> {
                product.set(field.code(), read.get(names.get(place)));
                given.add(field);
            });
            JsonNode image = product.get(ProductField.IMAGE_URL.code());
            if (image != null && image.isTextual()) {
                product.put(ProductField.IMAGE_URL.code(), image(image.textValue()));
            }
            return valid(line.line(), json.treeToValue(product, ProductRequest.class), given);
        } catch (JsonMappingException wrongType) {
            List<JsonMappingException.Reference> path = wrongType.getPath();
            String field = path.isEmpty() ? null : path.getFirst().getFieldName();
            return new ImportRow.Bad(
                    line.line(), told(product.path(ProductField.SKU.code())), field, "has the wrong type");
        } catch (JsonProcessingException broken) {
            return new ImportRow.Bad(line.line(), null, null, "is not JSON");
        }
    }

    private ImportRow valid(long line, ProductRequest product, Set<ProductField> given) {
        return validator.validate(product).stream()
                .min(Comparator.comparingInt(ImportRows::position).thenComparing(ConstraintViolation::getMessage))
                .<ImportRow>map(broken ->
                        new ImportRow.Bad(line, shown(product.sku()), ProductRules.field(broken), broken.getMessage()))
                .orElseGet(() -> new ImportRow.Good(line, product, given));
    }

    private static int position(ConstraintViolation<?> broken) {
        return ProductField.of(ProductRules.field(broken)).map(Enum::ordinal).orElse(Integer.MAX_VALUE);
    }

    private static ImportRow.Bad bad(long line, @Nullable String sku, ProductField field, String message) {
        return new ImportRow.Bad(line, shown(sku), field.code(), message);
    }

    private static @Nullable String told(JsonNode sku) {
        return sku.isTextual() ? shown(sku.textValue()) : null;
    }

    // A report is to stay small and printable, whatever the file had in that place.
    private static @Nullable String shown(@Nullable String sku) {
        return sku == null || sku.isBlank() || sku.length() > 100 || !sku.matches(ProductRequest.LINE) ? null : sku;
    }

    private @Nullable String image(@Nullable String path) {
        if (path == null || path.isBlank()) {
            return null;
        }
        // Merchants name files with spaces; a URL has none.
        String encoded = path.strip().replace(" ", "%20").replace("'", "%27");
        if (imageBase == null || encoded.matches("(?i)[a-z][a-z0-9+.-]*:.*|//.*")) {
            return encoded;
        }
        return imageBase
                + (imageBase.endsWith("/") ? "" : "/")
                + (encoded.startsWith("/") ? encoded.substring(1) : encoded);
    }
}
