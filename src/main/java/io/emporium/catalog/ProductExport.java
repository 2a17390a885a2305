package io.emporium.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.catalog.file.CsvCell;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes what is sold in the shape that the import reads, so that a file that comes back unchanged changes nothing. It
 * goes through the products by id, a thousand at a time, each in a transaction of its own: a slow reader holds up
 * nobody. So a row is as it was when its thousand was read; the file as a whole is of no single moment.
 */
@ApplicationScoped
class ProductExport {
    private static final int AT_ONCE = 1_000;

    private final ObjectMapper json;

    ProductExport(ObjectMapper json) {
        this.json = json;
    }

    void write(ProductImport.Format format, OutputStream to) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), 64 * 1024);
        if (format == ProductImport.Format.CSV) {
            writer.write("sku,name,description,price,category,brand,stock_quantity,image_url\r\n");
        }
        long after = 0;
        for (List<Product> page = after(after); !page.isEmpty(); page = after(after)) {
            for (Product product : page) {
                switch (format) {
                    case CSV -> csv(product, writer);
                    case NDJSON -> ndjson(product, writer);
                }
            }
            after = page.getLast().productId();
        }
        writer.flush();
    }

    private static List<Product> after(long productId) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Product.<Product>find("productId > ?1 and active order by productId", productId)
                        .range(0, AT_ONCE - 1)
                        .list());
    }

    private static void csv(Product product, Writer to) throws IOException {
        to.write(CsvCell.write(product.sku()));
        to.write(',');
        to.write(CsvCell.write(product.name()));
        to.write(',');
        to.write(CsvCell.write(product.description()));
        to.write(',');
        to.write(product.price().amount().toPlainString());
        to.write(',');
        to.write(CsvCell.write(product.category()));
        to.write(',');
        to.write(CsvCell.write(product.brand()));
        to.write(',');
        to.write(Integer.toString(product.stockQuantity()));
        to.write(',');
        to.write(CsvCell.write(product.imageUrl()));
        to.write("\r\n");
    }

    private void ndjson(Product product, Writer to) throws IOException {
        var line = json.createObjectNode()
                .put("sku", product.sku())
                .put("name", product.name())
                .put("description", product.description())
                .put("price", product.price().amount())
                .put("category", product.category())
                .put("brand", product.brand())
                .put("stock_quantity", product.stockQuantity())
                .put("image_url", product.imageUrl());
        to.write(json.writeValueAsString(line));
        to.write('\n');
    }
}
