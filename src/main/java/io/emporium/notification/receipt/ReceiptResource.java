package io.emporium.notification.receipt;

import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** The receipt of a paid order, as a file to keep. */
@Path("/api/v1/orders/{order_id}/receipt.pdf")
@Tag(name = "Orders")
@RunOnVirtualThread
public class ReceiptResource {
    private static final String PDF = "application/pdf";

    private final Receipts receipts;
    private final Caller caller;

    ReceiptResource(Receipts receipts, Caller caller) {
        this.receipts = receipts;
        this.caller = caller;
    }

    /** Made when it is asked for: what was refunded meanwhile stands on it. */
    @GET
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "getReceipt",
            summary = "A paid order's receipt as a PDF",
            description =
                    "Tagged for screen readers. Of own orders; support and admins of all. 409 while the order is not paid."
                            + " With what was refunded until now.")
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content =
                    @Content(
                            mediaType = PDF,
                            schema = @Schema(type = SchemaType.STRING, format = "binary", examples = "%PDF-1.7")))
    public RestResponse<byte[]> get(@PathParam("order_id") long orderId) {
        Receipts.File file = receipts.of(orderId, caller.mayInFull() ? null : caller.userId());
        return RestResponse.ResponseBuilder.ok(file.content())
                .header(HttpHeaders.CONTENT_TYPE, PDF)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + file.name() + "\"")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
