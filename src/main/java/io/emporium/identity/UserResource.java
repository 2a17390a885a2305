package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.RateLimits;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** One's own account: who one is, what one wants to hear, on which devices (low-level-design 4.6.3). */
@Path("/api/v1/users")
@RunOnVirtualThread
@Tag(name = "Account")
class UserResource {
    private final UserService users;
    private final Devices devices;
    private final Sessions sessions;
    private final PersonalDataExport exports;
    private final Erasure erasure;
    private final PasswordTries tries;
    private final RateLimits limits;
    private final Caller caller;

    UserResource(
            UserService users,
            Devices devices,
            Sessions sessions,
            PersonalDataExport exports,
            Erasure erasure,
            PasswordTries tries,
            RateLimits limits,
            Caller caller) {
        this.users = users;
        this.devices = devices;
        this.sessions = sessions;
        this.exports = exports;
        this.erasure = erasure;
        this.tries = tries;
        this.limits = limits;
        this.caller = caller;
    }

    @GET
    @Path("/me")
    @Operation(operationId = "getMe", summary = "Your account")
    public Answer<UserView> me() {
        return Answer.of(UserView.of(users.get(caller.userId())));
    }

    @PATCH
    @Path("/me")
    @Operation(
            operationId = "updateMe",
            summary = "Change name or phone",
            description = "What is missing stays; an empty phone is taken off.")
    public Answer<UserView> update(@Valid @NotNull UserUpdate update) {
        return Answer.of("Account updated", UserView.of(users.update(caller.userId(), update)));
    }

    @GET
    @Path("/preferences/notifications")
    @Operation(operationId = "getNotificationPreferences", summary = "What you want to hear, and how")
    public Answer<PreferencesView> preferences() {
        return Answer.of(users.preferences(caller.userId()));
    }

    @PUT
    @Path("/preferences/notifications")
    @Operation(
            operationId = "updateNotificationPreferences",
            summary = "Choose what you want to hear, and how",
            description =
                    "All four are needed. promotional_emails is your consent to promotions; its time is recorded.")
    public Answer<PreferencesView> prefer(@Valid @NotNull PreferencesView preferences) {
        users.prefer(caller.userId(), preferences);
        return Answer.of("Notification preferences updated", preferences);
    }

    @PUT
    @Path("/me/devices")
    @Operation(
            operationId = "registerDevice",
            summary = "Send push notifications to this device",
            description =
                    "Again is fine. A device that another account used is yours from now on. At most 20 are kept, the"
                            + " ones last seen.")
    public Answer<Void> registerDevice(@Valid @NotNull DeviceRequest device) {
        devices.register(caller.userId(), device.fcmToken());
        return Answer.done("Device registered");
    }

    @DELETE
    @Path("/me/devices")
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND")
    @Operation(
            operationId = "removeDevice",
            summary = "No more push notifications to this device",
            description = "Errors: RESOURCE_NOT_FOUND if it is not one of yours.")
    public Answer<Void> removeDevice(@Valid @NotNull DeviceRequest device) {
        devices.remove(caller.userId(), device.fcmToken());
        return Answer.done("Device removed");
    }

    @GET
    @Path("/me/export")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "exportMe",
            summary = "All that the shop keeps about you",
            description =
                    "In lists, by what it is, as one moment knew it: account, addresses, orders, payments, messages and so"
                            + " on. At most 5 an hour.")
    @APIResponse(
            responseCode = "200",
            description = "Everything",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"success\":true,\"data\":{\"account\":[{\"email\":\"user@example.com\"}],\"orders\":[]}}"))
    public RestResponse<StreamingOutput> export() throws IOException {
        limits.check(RateLimits.Kind.EXPORTS, caller.userId());
        InputStream whole = exports.of(caller.userId());
        StreamingOutput told = to -> {
            try (whole) {
                whole.transferTo(to);
            }
        };
        return RestResponse.ResponseBuilder.ok(told)
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")
                .build();
    }

    @DELETE
    @Path("/me")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_CREDENTIALS,INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "eraseMe",
            summary = "Close your account for ever",
            description = "Erases at once everything that says who you are; your orders are kept without it. Errors:"
                    + " INVALID_CREDENTIALS, which counts like a failed sign-in; INVALID_STATUS_TRANSITION with details.open while an"
                    + " order is on its way to leave the house or money is not settled, and for the last admin.")
    public Answer<Void> erase(@Valid @NotNull PasswordProof proof) {
        return tries.ofCaller(user -> {
            erasure.erase(user.userId(), proof.password());
            return Answer.done("Account closed, personal data erased");
        });
    }

    @GET
    @Path("/me/sessions")
    @Operation(
            operationId = "getSessions",
            summary = "Where you are signed in",
            description = "The sessions that hold, the last used first, at most 200.")
    public Answer<SessionView.Sessions> sessions() {
        return Answer.of(new SessionView.Sessions(sessions.live(caller.userId(), caller.sessionId())));
    }

    @DELETE
    @Path("/me/sessions/{session_id}")
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND")
    @Operation(
            operationId = "endSession",
            summary = "Sign out elsewhere",
            description =
                    "Ends one of your sessions at once. Errors: RESOURCE_NOT_FOUND if it is none of yours or has ended.")
    public Answer<Void> endSession(@PathParam("session_id") UUID sessionId) {
        if (!sessions.endOwn(sessionId, caller.userId())) {
            throw Refusal.notFound("Session");
        }
        return Answer.done("Signed out there");
    }
}
