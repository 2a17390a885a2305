package io.emporium.notification;

import io.emporium.notification.email.Bounces;
import io.emporium.notification.twilio.TwilioCallback;
import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where those who carry our messages say what became of them. */
@Path("/api/v1/notifications/webhooks")
@Tag(name = "Notifications")
@RunOnVirtualThread
public class NotificationWebhookResource {
    private final TwilioCallback twilio;
    private final Bounces bounces;

    NotificationWebhookResource(TwilioCallback twilio, Bounces bounces) {
        this.twilio = twilio;
        this.bounces = bounces;
    }

    /** Takes the state of an SMS, as text: the signature is over its every field. */
    @POST
    @Path("/twilio")
    @Consumes(MediaType.WILDCARD)
    @Extension(name = ApiDocument.ERRORS, value = "FORBIDDEN")
    @Operation(
            operationId = "takeTwilioCallback",
            summary = "Twilio's status callback",
            description =
                    "Signed in X-Twilio-Signature over TWILIO_CALLBACK_URL and the form; 403 otherwise. Late, repeated and out"
                            + " of order it changes nothing.")
    public Answer<Void> takeTwilio(
            @HeaderParam(TwilioCallback.HEADER) @Nullable String signature,
            @Context HttpServerRequest request,
            @Nullable String body) {
        if (!twilio.take(request.query(), body == null ? "" : body, signature)) {
            throw notSigned();
        }
        return Answer.done("Received");
    }

    /** Takes a delivery status notification, byte for byte. */
    @POST
    @Path("/mail")
    @Consumes(MediaType.WILDCARD)
    @Extension(name = ApiDocument.ERRORS, value = "FORBIDDEN")
    @Operation(
            operationId = "takeMailReport",
            summary = "A mail server's delivery status notification",
            description =
                    "The mail as RFC 3464 has it, at most 256 KB, with X-Emporium-Timestamp (seconds since 1970, at most five"
                            + " minutes from now) and X-Emporium-Signature: HMAC-SHA256 in hex, by MAIL_BOUNCE_SECRET, of the"
                            + " time stamp, a full stop and the body; 403 otherwise. Any other mail is passed over.")
    public Answer<Void> takeMail(
            @HeaderParam(Bounces.TIME_HEADER) @Nullable String time,
            @HeaderParam(Bounces.SIGNATURE_HEADER) @Nullable String signature,
            byte @Nullable [] body) {
        if (!bounces.take(body == null ? new byte[0] : body, time, signature)) {
            throw notSigned();
        }
        return Answer.done("Received");
    }

    private static Refusal notSigned() {
        return new Refusal(Refusal.Code.FORBIDDEN, "It is not signed as it should be, or not from now");
    }
}
