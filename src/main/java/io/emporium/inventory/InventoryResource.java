package io.emporium.inventory;

import io.emporium.shared.Page;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.AuditLog;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.Pagination;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The stock-room's door, for those who keep the catalogue (contract.md, Endpoints). */
@Path("/api/v1/inventory")
@Tag(name = "Inventory")
@RunOnVirtualThread
class InventoryResource {
    private final StockCount stockCount;
    private final StockLedger ledger;
    private final Idempotency idempotency;
    private final AuditLog audit;
    private final Caller caller;

    InventoryResource(
            StockCount stockCount, StockLedger ledger, Idempotency idempotency, AuditLog audit, Caller caller) {
        this.stockCount = stockCount;
        this.ledger = ledger;
        this.idempotency = idempotency;
        this.audit = audit;
        this.caller = caller;
    }

    /** The stock after a change. */
    record Adjusted(
            @Schema(examples = "1") long productId,
            @Schema(examples = "49") int stockQuantity) {}

    /** A page of products that run out. */
    record LowStockList(List<StockLedger.LowStock> products, Pagination pagination) {}

    @GET
    @Path("/{product_id}")
    @Operation(
            operationId = "getStock",
            summary = "A product's stock",
            description = "How many there are, and the latest 50 changes.")
    public Answer<StockLedger.Account> account(@PathParam("product_id") long productId) {
        return Answer.of(ledger.of(productId));
    }

    @POST
    @Path("/{product_id}/adjustments")
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Extension(name = ApiDocument.ERRORS, value = "INSUFFICIENT_STOCK")
    @Operation(
            operationId = "adjustStock",
            summary = "Changes a product's stock",
            description = "By so many, with a reason; never below 0. Sales at the same time count as they fall.")
    public Answer<Adjusted> adjust(
            @PathParam("product_id") long productId,
            @HeaderParam(Idempotency.HEADER) @Nullable String key,
            @Valid @NotNull AdjustmentRequest request) {
        long actor = caller.userId();
        String operation = "POST /inventory/" + productId + "/adjustments";
        return idempotency.inOneTransaction(new Idempotency.Request(actor, key, operation, request, 201), () -> {
            int after = stockCount.change(productId, request.delta(), request.reason(), actor, request.note());
            audit.record(
                    "stock.adjusted",
                    "product",
                    productId,
                    Map.of("stock_quantity", after - request.delta()),
                    Map.of("stock_quantity", after, "reason", request.reason()));
            return Answer.of("Stock adjusted", new Adjusted(productId, after));
        });
    }

    @GET
    @Path("/low-stock")
    @Operation(
            operationId = "listLowStock",
            summary = "What runs out",
            description =
                    "Products on sale with at most `threshold` left, emptiest first in the steps 0, 5, 10, 20, 50,"
                            + " 100.")
    public Answer<LowStockList> lowStock(
            @QueryParam("threshold") @DefaultValue("10") @Min(0) @Max(StockLedger.HIGHEST_THRESHOLD) int threshold,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(1_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        Page<StockLedger.LowStock> low = ledger.low(threshold, page, limit);
        return Answer.of(new LowStockList(low.items(), Pagination.of(low)));
    }
}
