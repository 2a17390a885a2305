package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** One's own account: who one is, what one wants to hear, on which devices (low-level-design 4.6.3). */
@Path("/api/v1/users")
@RunOnVirtualThread
@Authenticated
@Tag(name = "Account")
class UserResource {
    private final UserService users;
    private final Caller caller;

    UserResource(UserService users, Caller caller) {
        this.users = users;
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
        users.registerDevice(caller.userId(), device.fcmToken());
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
        users.removeDevice(caller.userId(), device.fcmToken());
        return Answer.done("Device removed");
    }
}
