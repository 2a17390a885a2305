package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.PlainText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where an admin gives and takes roles, and locks accounts (contract.md, {@code /admin/users}). */
@Path("/api/v1/admin/users")
@RunOnVirtualThread
@Tag(name = "Staff")
class StaffResource {
    private final Staff staff;
    private final Caller caller;

    StaffResource(Staff staff, Caller caller) {
        this.staff = staff;
        this.caller = caller;
    }

    /** Filters combine. */
    @GET
    @Operation(
            operationId = "findUsers",
            summary = "Accounts, the newest first",
            description =
                    "`q` is an e-mail address or a user's number, `role` customer, support, catalog_manager or admin."
                            + " Pages 1 to 100; `total_items` counts to 10,000 and no further.")
    public Answer<AccountView.Listed> find(
            @QueryParam("q") @Size(max = 254) @PlainText @Nullable String text,
            @QueryParam("role") @Size(max = 20) @PlainText @Nullable String role,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(AccountView.Listed.of(staff.find(
                text == null || text.isBlank() ? null : text.strip(),
                role == null || role.isBlank() ? null : role(role.strip()),
                page,
                limit)));
    }

    @PUT
    @Path("/{user_id}/role")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "setRole",
            summary = "Give somebody a role",
            description = "Acts on their next call. Errors: INVALID_STATUS_TRANSITION for the last admin.")
    public Answer<AccountView> setRole(@PathParam("user_id") long userId, @Valid @NotNull RoleRequest request) {
        return Answer.of("Role changed", AccountView.of(staff.appoint(caller.userId(), userId, role(request.role()))));
    }

    @PUT
    @Path("/{user_id}/active")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "setActive",
            summary = "Lock an account, or open it again",
            description = "Ends every session of it at once. Errors: INVALID_STATUS_TRANSITION for the last admin.")
    public Answer<AccountView> setActive(@PathParam("user_id") long userId, @Valid @NotNull ActiveRequest request) {
        boolean isActive = Boolean.TRUE.equals(request.isActive());
        return Answer.of(
                isActive ? "Account opened" : "Account locked",
                AccountView.of(staff.activate(caller.userId(), userId, isActive)));
    }

    @DELETE
    @Path("/{user_id}/second-factor")
    @Operation(
            operationId = "takeSecondFactor",
            summary = "Take the second factor from somebody who has lost it",
            description =
                    "First make sure that it is they who ask. They sign in with the password alone then, and are told"
                            + " by mail; every session of theirs ends. Not your own: FORBIDDEN.")
    public Answer<Void> takeSecondFactor(@PathParam("user_id") long userId) {
        staff.takeSecondFactor(caller.userId(), userId);
        return Answer.done("Second factor taken");
    }

    private static Role role(String code) {
        return Role.find(code).orElseThrow(IdentityError::unknownRole);
    }
}
