package io.emporium.payment;

import io.emporium.web.Answer;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where an admin sees which customers have asked their bank for the money back. */
@Path("/api/v1/admin/disputes")
@Tag(name = "Payments")
@RunOnVirtualThread
public class DisputeResource {
    private final Disputes disputes;

    DisputeResource(Disputes disputes) {
        this.disputes = disputes;
    }

    /** Disputes, newest first. */
    @GET
    @Operation(
            operationId = "getDisputes",
            summary = "Disputes, newest first",
            description =
                    "Of cards and of PayPal; all, or those of one status in Stripe's words: warning_needs_response, warning_under_review,"
                            + " warning_closed, needs_response, under_review, won, lost, prevented; other for one that is new."
                            + " They are answered in the provider's dashboard. While one is open the payment is not refunded; what is"
                            + " lost is booked as given back.")
    public Answer<DisputeView.Listed> list(
            @QueryParam("status") @Nullable @Size(max = 30) String status,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(DisputeView.Listed.of(disputes.list(status, page, limit)));
    }
}
