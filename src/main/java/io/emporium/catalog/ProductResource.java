package io.emporium.catalog;

import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.EntityTags;
import io.emporium.web.Idempotency;
import io.emporium.web.ShopWindow;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The catalogue's door (low-level-design 4.2). */
@Path("/api/v1/products")
@Tag(name = "Products")
@RunOnVirtualThread
class ProductResource {
    private static final String PRICE = "\\d{1,8}(\\.\\d{1,2})?";

    private final ProductService products;
    private final ProductCache cache;
    private final ShopWindow window;
    private final Idempotency idempotency;
    private final Caller caller;

    ProductResource(
            ProductService products, ProductCache cache, ShopWindow window, Idempotency idempotency, Caller caller) {
        this.products = products;
        this.cache = cache;
        this.window = window;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /** low-level-design 4.2.1. */
    @GET
    @Operation(
            operationId = "listProducts",
            summary = "Products on sale",
            description = "Filtered, sorted and paged. Reaches the first 100,000 products of a list. `total_items` is"
                    + " exact up to 10,000 and may be a minute old above that.")
    public RestResponse<Answer<ProductListView>> list(
            @QueryParam("category") @Size(max = 100) @Pattern(regexp = ProductRequest.LINE) @Nullable String category,
            @QueryParam("brand") @Size(max = 100) @Pattern(regexp = ProductRequest.LINE) @Nullable String brand,
            @Parameter(schema = @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.NUMBER))
                    @QueryParam("min_price")
                    @Pattern(regexp = PRICE, message = "must be a price")
                    @Nullable
                    String minPrice,
            @Parameter(schema = @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.NUMBER))
                    @QueryParam("max_price")
                    @Pattern(regexp = PRICE, message = "must be a price")
                    @Nullable
                    String maxPrice,
            @Parameter(schema = @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.BOOLEAN))
                    @QueryParam("in_stock")
                    @Pattern(regexp = "true|false", message = "must be true or false")
                    @Nullable
                    String inStock,
            @QueryParam("sort")
                    @DefaultValue("newest")
                    @Pattern(regexp = "newest|oldest|price_asc|price_desc|name_asc|name_desc")
                    String sort,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        ProductFilter filter = new ProductFilter(
                orNull(category),
                orNull(brand),
                minPrice == null ? null : new BigDecimal(minPrice),
                maxPrice == null ? null : new BigDecimal(maxPrice),
                inStock == null ? null : Boolean.valueOf(inStock));
        ProductFilter.Sort order = ProductFilter.Sort.valueOf(sort.toUpperCase(Locale.ROOT));
        ProductCache.Listed list = cache.page(filter, order, page, limit);
        return window.show(list.json(), null, list.made());
    }

    /** low-level-design 4.2.2. */
    @GET
    @Path("/{product_id}")
    @Extension(name = ApiDocument.STATUSES, value = "200,304")
    @Operation(
            operationId = "getProduct",
            summary = "A product",
            description = "With an `ETag`; answers 304 to an `If-None-Match` that still holds. One that is no longer"
                    + " sold is only shown to those who keep the catalogue.")
    public RestResponse<Answer<ProductView>> get(
            @PathParam("product_id") long productId,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch) {
        ProductCache.Shown shown;
        try {
            shown = cache.product(productId);
        } catch (Refusal notOnSale) {
            if (!caller.mayInFull()) {
                throw notOnSale;
            }
            return tagged(products.getById(productId, true));
        }
        return EntityTags.isIn(ifNoneMatch, shown.tag())
                ? RestResponse.ResponseBuilder.<Answer<ProductView>>notModified()
                        .header(HttpHeaders.ETAG, shown.tag())
                        .build()
                : window.show(shown.product(), shown.tag(), shown.made());
    }

    /** low-level-design 4.2.3. */
    @POST
    @Extension(name = ApiDocument.ERRORS, value = "DUPLICATE_FIELD")
    @Operation(operationId = "createProduct", summary = "Puts a product on sale", description = "Its SKU is unique.")
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    public RestResponse<Answer<CreatedProductView>> create(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull ProductRequest request) {
        long adminId = caller.userId();
        Answer<CreatedProductView> created = idempotency.inOneTransaction(
                new Idempotency.Request(adminId, key, "POST /products", request, 201),
                () -> Answer.of(
                        "Product created successfully", CreatedProductView.of(products.create(request, adminId))));
        return RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, created)
                .location(URI.create("/api/v1/products/"
                        + Objects.requireNonNull(created.data()).productId()))
                .build();
    }

    @PUT
    @Path("/{product_id}")
    @Extension(name = ApiDocument.ERRORS, value = "DUPLICATE_FIELD,VERSION_CONFLICT")
    @Operation(
            operationId = "replaceProduct",
            summary = "Replaces a product",
            description = "Without `stock_quantity` the stock stays as it is. `If-Match` refuses what was edited"
                    + " meanwhile; a sale is an edit only for one who sets the stock.")
    public RestResponse<Answer<ProductView>> replace(
            @PathParam("product_id") long productId,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Valid @NotNull ProductRequest request) {
        return tagged(products.update(productId, ifMatch, request, caller.userId()));
    }

    @jakarta.ws.rs.PATCH
    @Path("/{product_id}")
    @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
    @Extension(name = ApiDocument.ERRORS, value = "DUPLICATE_FIELD,VERSION_CONFLICT")
    @Operation(
            operationId = "changeProduct",
            summary = "Changes some fields of a product",
            description = "Only what is sent changes; null clears description, brand and image_url. `is_active` puts a"
                    + " withdrawn product back on sale.")
    public RestResponse<Answer<ProductView>> change(
            @PathParam("product_id") long productId,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @RequestBody(content = @Content(schema = @Schema(implementation = ProductPatch.class))) @NotNull
                    byte[] changes) {
        return tagged(products.patch(productId, ifMatch, changes, caller.userId()));
    }

    @DELETE
    @Path("/{product_id}")
    @Extension(name = ApiDocument.ERRORS, value = "VERSION_CONFLICT")
    @Operation(
            operationId = "withdrawProduct",
            summary = "Takes a product off sale",
            description = "It stays in the orders that have it. Once more does nothing.")
    public Answer<Void> withdraw(
            @PathParam("product_id") long productId, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch) {
        products.delete(productId, ifMatch);
        return Answer.done("Product withdrawn");
    }

    private static RestResponse<Answer<ProductView>> tagged(Product product) {
        return RestResponse.ResponseBuilder.ok(Answer.of(ProductView.of(product)))
                .header(HttpHeaders.ETAG, ProductTag.of(product).header())
                .build();
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
