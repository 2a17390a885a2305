package io.emporium.catalog;

import io.emporium.web.Answer;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The catalogue as a file, in and out (contract.md, Endpoints). */
@Path("/api/v1/products")
@Tag(name = "Products")
@RunOnVirtualThread
class ProductFileResource {
    private static final String CSV = "text/csv";
    private static final String NDJSON = "application/x-ndjson";

    private final ProductImport imports;
    private final ProductExport exports;

    ProductFileResource(ProductImport imports, ProductExport exports) {
        this.imports = imports;
        this.exports = exports;
    }

    @POST
    @Path("/import")
    @Consumes({CSV, NDJSON})
    @Operation(
            operationId = "importProducts",
            summary = "Loads a file of products",
            description =
                    "UTF-8, at most 1 GB, a line at most 1 MB. Products are recognised by their SKU; those not in"
                            + " the file stay as they are, and of a product the fields that the file has not. Good rows are"
                            + " kept, bad ones reported, the first 10,000 of them line by line. The usual column names are known;"
                            + " `columns` names others. Relative image paths are kept, or put behind `image_base`. A stock in the file replaces the stock.")
    public Answer<ImportReport> load(
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Parameter(hidden = true) @Nullable String type,
            @Parameter(description = "field:column, repeated or separated by commas", example = "sku:id,brand:style")
                    @QueryParam("columns")
                    List<@Size(max = 2_000) String> columns,
            @QueryParam("image_base")
                    @Size(max = 300)
                    @Pattern(regexp = "https?://[^\\s/?#<>\"]+[^\\s<>\"]*", message = "must be an http(s) URL")
                    @Nullable
                    String imageBase,
            @RequestBody(
                            content = {
                                @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)),
                                @Content(mediaType = NDJSON, schema = @Schema(type = SchemaType.STRING))
                            })
                    InputStream file) {
        if (type == null) {
            // Without the header every @Consumes fits.
            throw new NotSupportedException();
        }
        ProductImport.Format format =
                type.toLowerCase(Locale.ROOT).startsWith(CSV) ? ProductImport.Format.CSV : ProductImport.Format.NDJSON;
        ImportReport report = imports.load(file, format, ImportColumns.of(columns), imageBase);
        return Answer.of(
                "Imported " + (report.created() + report.updated()) + " of " + report.rows() + " rows", report);
    }

    @GET
    @Path("/export")
    @Operation(
            operationId = "exportProducts",
            summary = "All products on sale as a file",
            description = "As the import reads it. In CSV a cell that a spreadsheet would take for a formula has an"
                    + " apostrophe before it, which the import takes off.")
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content = {
                @Content(
                        mediaType = CSV,
                        schema =
                                @Schema(
                                        type = SchemaType.STRING,
                                        examples = "name,price,sku\nWireless Mouse,29.99,TECH-MOU-001")),
                @Content(
                        mediaType = NDJSON,
                        schema =
                                @Schema(
                                        type = SchemaType.STRING,
                                        examples =
                                                "{\"name\":\"Wireless Mouse\",\"price\":29.99,\"sku\":\"TECH-MOU-001\"}"))
            })
    public RestResponse<StreamingOutput> export(
            @QueryParam("format") @DefaultValue("csv") @Pattern(regexp = "csv|ndjson") String format) {
        boolean csv = format.equals("csv");
        StreamingOutput file = to -> exports.write(csv ? ProductImport.Format.CSV : ProductImport.Format.NDJSON, to);
        return RestResponse.ResponseBuilder.ok(file)
                .header(HttpHeaders.CONTENT_TYPE, csv ? CSV + ";charset=UTF-8" : NDJSON)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"products." + format + "\"")
                .build();
    }
}
