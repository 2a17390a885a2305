package io.emporium.payment;

import io.emporium.web.Answer;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where the shop takes what its bank says (ISO 20022), in place of an admin who says it transfer by transfer. */
@Path("/api/v1/payments/bank-statements")
@Tag(name = "Payments")
@RunOnVirtualThread
public class BankStatementResource {
    private final BankStatements statements;

    BankStatementResource(BankStatements statements) {
        this.statements = statements;
    }

    /** A statement of the shop's account. The same one again, or another with the same entries, changes nothing more. */
    @POST
    @Consumes({MediaType.APPLICATION_XML, MediaType.TEXT_XML})
    @Operation(
            operationId = "takeBankStatement",
            summary = "Take a bank statement",
            description =
                    "camt.053 or camt.054 of any version, at most 8 MB and 10,000 entries, of the shop's own account. Each booked"
                            + " entry is taken once: the right amount under a transfer's reference pays its order, a debit that"
                            + " names a refund says that it was transferred. Money that fits nothing (another amount or"
                            + " currency, an unknown reference, a second payment, a reversal) is listed under"
                            + " /admin/payments/attention. Safe to send again; a document that is refused changes nothing.")
    public Answer<StatementReport> take(
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Parameter(hidden = true) @Nullable String type,
            @RequestBody(
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_XML,
                                        schema = @Schema(type = SchemaType.STRING)),
                                @Content(mediaType = MediaType.TEXT_XML, schema = @Schema(type = SchemaType.STRING))
                            })
                    InputStream statement) {
        if (type == null) {
            // Without the header every @Consumes fits.
            throw new NotSupportedException();
        }
        StatementReport report = statements.take(statement);
        return Answer.of(report.message(), report);
    }
}
